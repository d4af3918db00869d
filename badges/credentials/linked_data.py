"""What a document says, in the one order that is signed: RDF Dataset Canonicalization by way of PyLD.

PyLD leaves out what no context defines, and writes control characters into its N-Quads as they are, where the standard
wants them escaped. So nothing of ours holds any (`cleaned`), and a document of somebody else's that says more than
what is signed, or holds such a character, is refused.
"""

from __future__ import annotations

import re
import threading
from typing import Any
from uuid import uuid4

from pyld import canon, jsonld

from badges.credentials.contexts import FILES, load
from core.languages import gettext as _

#: What the standard escapes and PyLD does not; tabs and line ends it does escape. Half a surrogate pair is no text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HALVES = re.compile(r"[\ud800-\udfff]")
#: A whole address, or a name for what has none.
_IRI = re.compile(r"(?:_:|[A-Za-z][A-Za-z0-9+.-]*:)[^\x00-\x20<>\"{}|^`\\]*")
#: What a name that is no whole address is completed with; nobody can guess it, so it tells which were none.
_BASE = f"https://{uuid4().hex}.invalid/"
_OPTIONS = {"documentLoader": load, "base": _BASE}
#: PyLD keeps what it has worked out where threads get in each other's way: one at a time asks it.
_ONE_AT_A_TIME = threading.Lock()
_DEPTH_MAX = 12
_NODES_MAX = 400
_NAMELESS_MAX = 64
_ALIKE_MAX = 4


class NotSignable(ValueError):
    """The document cannot be turned into what is signed; the message says why, in a sentence."""


def cleaned(text: str) -> str:
    """Return `text` without control characters, but for tabs and line ends."""
    return _HALVES.sub("", _CONTROL.sub("", text))


def _is_whole(name: Any) -> bool:
    return isinstance(name, str) and not name.startswith(_BASE) and _IRI.fullmatch(name) is not None


class _Bounded(canon.URDNA2015):  # type: ignore[misc]  # PyLD ships no types
    """The algorithm, given up where it would take long: it tries every order of nodes that look alike.

    A few kilobytes of nodes that all look alike would keep a processor busy for hours. No badge has them.
    """

    _steps_left = 200

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        """Work out a hash by what lies around a node. Raises NotSignable."""
        self._steps_left -= 1
        if self._steps_left < 0 or any(len(alike) > _ALIKE_MAX for alike in self.hash_to_blank_nodes.values()):
            raise NotSignable(_("Its parts look so alike that they cannot be put in order."))
        return super().hash_n_degree_quads(id_, issuer)

    def main(self, dataset: dict[str, Any], options: dict[str, Any]) -> Any:
        """Return the canonical N-Quads of a dataset. Raises NotSignable."""
        ends = (triple[end] for triples in dataset.values() for triple in triples for end in ("subject", "object"))
        if len({end["value"] for end in ends if end["type"] == "blank node"}) > _NAMELESS_MAX:
            raise NotSignable(_("It is larger or deeper than any badge."))
        return super().main(dataset, options)


def canonical(document: dict[str, Any]) -> str:
    """Return the canonical N-Quads of `document`. Raises NotSignable, also when anything in it would not be signed."""
    _check_text(document, 0, [0])
    _check_contexts(document.get("@context"))
    try:
        with _ONE_AT_A_TIME:
            expanded = jsonld.expand(document, _OPTIONS, on_property_dropped=_refuse_dropped)
            _check_names(expanded)
            dataset = jsonld.to_rdf(expanded, _OPTIONS)
        return str(_Bounded().main(dataset, {"format": "application/n-quads"}))
    except NotSignable:
        raise
    except (jsonld.JsonLdError, RecursionError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise NotSignable(_("Its vocabulary cannot be worked out.")) from error


def _refuse_dropped(name: Any) -> None:
    raise NotSignable(_("It says something that no signature covers: %(what)s", what=str(name)[:80]))


def _check_names(value: Any) -> None:
    """Refuse names that are not whole addresses: they are left out of what is signed."""
    if isinstance(value, list):
        for inner in value:
            _check_names(inner)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        names = inner if isinstance(inner, list) else [inner]
        if key in ("@id", "@type") and not all(map(_is_whole, names)):
            raise NotSignable(_("It names something in a way that no signature covers."))
        _check_names(inner)


def _check_text(value: Any, depth: int, nodes: list[int]) -> None:
    nodes[0] += 1
    if depth > _DEPTH_MAX or nodes[0] > _NODES_MAX:
        raise NotSignable(_("It is larger or deeper than any badge."))
    if isinstance(value, str) and (_CONTROL.search(value) or _HALVES.search(value)):
        raise NotSignable(_("It holds control characters, which different checkers read differently."))
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key, depth + 1, nodes)
            _check_text(inner, depth + 1, nodes)
    if isinstance(value, list):
        for inner in value:
            _check_text(inner, depth + 1, nodes)


def _check_contexts(contexts: Any) -> None:
    if not isinstance(contexts, list) or not contexts:
        raise NotSignable(_("It does not say which vocabulary it speaks."))
    for context in contexts:
        if not isinstance(context, str):
            raise NotSignable(_("It brings a vocabulary of its own, which could change what the words mean."))
        if context not in FILES:
            raise NotSignable(f"It speaks a vocabulary that we do not know: {context[:200]}")


def is_plain(document: dict[str, Any]) -> bool:
    """Say whether `document` is written the short way, so that its words mean what they seem to. Raises NotSignable.

    What is signed is what a document means. The same can be written otherwise, with an end date under its long name,
    say; a reader that looks for the short one would miss it.
    """
    _check_text(document, 0, [0])
    _check_contexts(document.get("@context"))
    try:
        with _ONE_AT_A_TIME:
            short = jsonld.compact(document, {"@context": document["@context"]}, _OPTIONS)
    except (jsonld.JsonLdError, RecursionError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise NotSignable(_("Its vocabulary cannot be worked out.")) from error
    return bool(_unwrapped(short) == _unwrapped(document))


def _unwrapped(value: Any) -> Any:
    """Return `value` without lists of one, which mean the same as what is in them."""
    if isinstance(value, list):
        return _unwrapped(value[0]) if len(value) == 1 else [_unwrapped(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _unwrapped(inner) for key, inner in value.items()}
    return value
