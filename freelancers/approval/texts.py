"""What can be seen in a text that somebody wrote of themselves, whatever its language and letters. Pure. Rule A-2."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from math import ceil

from freelancers.approval.vocabulary import COMMON

#: Scripts without spaces between words: so many letters are about as much as one word.
_LETTERS_PER_WORD = (
    (re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"), 2),
    (re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"), 5),
)
#: In these scripts marks are parts of words, which "\\w" does not know.
_MARKS = "\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u109f\u1780-\u17d3"
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+(?:['’+#.-]*(?:[^\W_]|[{_MARKS}])+)*[+#]*")
_SENTENCE = re.compile(r"[.!?。！？\n\r;|•]+")
_ITEM = re.compile(r"[,;|/•·\n\r、，]+")


def readable(text: str | None) -> str:
    """Return a text as it is meant: fancy letters as plain ones, without invisible ones and marks that pile up."""
    plain = unicodedata.normalize("NFKC", text or "")
    seen = "".join(letter for letter in _without_piles(plain) if unicodedata.category(letter) not in _INVISIBLE)
    return "\n".join(" ".join(line.split()) for line in seen.splitlines() if line.strip())


_INVISIBLE = {"Cf", "Cs", "Co", "Cn"}
#: A letter has at most so many marks in any language.
_MARKS_MAX = 3


def _without_piles(text: str) -> Iterator[str]:
    piled = 0
    for letter in text:
        piled = piled + 1 if unicodedata.combining(letter) else 0
        if piled <= _MARKS_MAX:
            yield letter


def words(text: str | None) -> list[str]:
    """Return the words of a text in small letters, without accents; Asian texts by the sentence, as they have it."""
    apart = unicodedata.normalize("NFKD", readable(text).casefold())
    plain = "".join(letter for letter in apart if not _is_accent(letter))
    return [found.replace("’", "'") for found in _WORD.findall(plain)]


def _is_accent(letter: str) -> bool:
    """Say whether it is a mark on a letter of ours; in other scripts a mark is part of the word."""
    return "\u0300" <= letter <= "\u036f"


def length(text: str | None) -> int:
    """Return how many words a text has, or about as many as it would have with spaces between them."""
    return sum(_weight(word) for word in words(text))


def _weight(word: str) -> int:
    for script, letters in _LETTERS_PER_WORD:
        if script.search(word):
            return ceil(len(word) / letters)
    return 1


def is_blank(text: str | None) -> bool:
    """Say whether there is no word in a text."""
    return not words(text)


# Filler

_STANDS_IN = re.compile(
    r"""(?ix) ^ (?: n\ ?a | none | tbd | tba | to-?do | test (?:ing)? | coming\ soon | later | soon | nothing | blank
    | empty | (?:i\ )? will\ (?:add|write|update|fill|complete|edit)\b .{0,40}
    | to\ be\ (?:added|filled|updated|written|done) .{0,20} | (?:under|in)\ construction
    | (?:(?:my|your|the)\ )? (?:title|overview|bio|description|text|about\ me) (?:\ goes)? (?:\ here)?
    | (?:write|insert|add|enter|type)\ .{0,30}\ here | sample(?:\ text)? | example | placeholder(?:\ text)?
    | update\ (?:soon|later) | pendiente | por\ completar | proximamente | em\ breve | folgt(?:\ noch)?
    | kommt\ (?:noch|bald) | a\ venir ) $"""
)
_LATIN = re.compile(r"(?i)lorem\s+ipsum|dolor\s+sit\s+amet|consectetur\s+adipis")
_LEFT_OPEN = re.compile(
    r"""(?ix) [\[<{] \s* (?:(?:your|insert|enter|add|name|skill|company|number|years?|niche)\b | xx+)
    [^\]>}\n]{0,40} [\]>}]"""
)
_KEYS = re.compile(r"(?:asdf|qwer|zxcv|hjkl|jkl|sdfg|dfgh|fghj|wert|uiop|poiu|lkjh|aaaa|xxx|zzzz|blah|dfs|sdf)\w*")
_NO_VOWEL = re.compile(r"[b-df-hj-np-tv-xz]{5,}")


def filler(text: str | None) -> str:
    """Return the part of a text that only stands in for one, such as "lorem ipsum"; empty when it is a real text."""
    plain = readable(text)
    if found := _LATIN.search(plain) or _LEFT_OPEN.search(plain):
        return found[0]
    spoken = words(text)
    if _STANDS_IN.match(" ".join(spoken)):
        return shortened(plain)
    if spoken and (_is_one_word(spoken) or _is_typed_at_random(spoken)):
        return shortened(plain)
    return ""


def _is_one_word(spoken: list[str]) -> bool:
    kinds = set(spoken)
    return (len(spoken) >= 3 and len(kinds) == 1) or any(len(each) >= 4 and len(set(each)) == 1 for each in kinds)


def _is_typed_at_random(spoken: list[str]) -> bool:
    random = sum(bool(_KEYS.fullmatch(word) or _NO_VOWEL.search(word)) for word in spoken)
    return random * 3 > len(spoken)


# What a text says of its own


def own_words(text: str | None) -> list[str]:
    """Return the words of a text, each once, that not everybody could write of themselves."""
    spoken = dict.fromkeys(word for word in words(text) if any(letter.isalpha() for letter in word))
    return [word for word in spoken if not _is_common(word)]


def _is_common(word: str) -> bool:
    plain = word.removesuffix("'s").replace("'", "")
    return plain in COMMON or all(part in COMMON for part in plain.split("-"))


def own_share_pct(text: str | None) -> int:
    """Return how many of a hundred different words are somebody's own; 0 for no text."""
    different = set(words(text))
    return 100 * len(own_words(text)) // len(different) if different else 0


# Repetition

_SENTENCE_WORDS_MIN, _REPEATED_SHARE_PCT = 3, 40
_ITEMS_MIN, _ITEM_WORDS_MAX, _LIST_SHARE_PCT = 12, 3, 80
_WORD_TIMES_MIN, _WORD_SHARE_PCT = 5, 15


def repeated(text: str | None) -> str:
    """Return what a text says over and over, or the beginning of it when it is a mere list of words; else empty."""
    plain = readable(text)
    return _repeated_sentence(plain) or _repeated_word(plain) or _listed(plain)


def _repeated_sentence(plain: str) -> str:
    said = [(each.strip(), words(each)) for each in _SENTENCE.split(plain)]
    told = Counter(" ".join(spoken) for _, spoken in said if len(spoken) >= _SENTENCE_WORDS_MIN)
    again = sum((times - 1) * len(sentence.split()) for sentence, times in told.items())
    if not again or 100 * again < _REPEATED_SHARE_PCT * len(words(plain)):
        return ""
    most = told.most_common(1)[0][0]
    return next(each for each, spoken in said if " ".join(spoken) == most)


def _repeated_word(plain: str) -> str:
    spoken = words(plain)
    told = Counter(word for word in spoken if not _is_common(word) and any(letter.isalpha() for letter in word))
    for word, times in told.most_common(1):
        if times >= _WORD_TIMES_MIN and 100 * times >= _WORD_SHARE_PCT * len(spoken):
            return word
    return ""


def _listed(plain: str) -> str:
    items = [len(words(item)) for item in _ITEM.split(plain) if words(item)]
    listed = sum(size for size in items if size <= _ITEM_WORDS_MAX)
    is_list = len(items) >= _ITEMS_MIN and 100 * listed >= _LIST_SHARE_PCT * sum(items)
    return shortened(plain) if is_list else ""


# Letters

_FANCY = re.compile(
    r"[\u1d00-\u1d2b\ua730\ua731\U0001d400-\U0001d7ff\uff21-\uff5a\u24b6-\u24e9\U0001f130-\U0001f189]{3,}"
)
_PILED = re.compile(r"\w[\u0300-\u036f\u0489]{3,}")
_TURNED = re.compile(r"[\u202d\u202e\u2066-\u2069]")
_HIDDEN = re.compile(r"\w[\u200b\u2060\ufeff\u00ad]+\w")


def odd_letters(text: str | None) -> str:
    """Return what is wrong with a text's letters for whoever searches it or has it read aloud; else empty.

    Letters of any language are fine; so are right-to-left scripts, joiners and the pictures that people put between.
    """
    written = text or ""
    if _FANCY.search(written):
        return "letters that are drawn to look special"
    if _PILED.search(written):
        return "letters with piles of marks on them"
    if _TURNED.search(written):
        return "invisible marks that turn the reading direction"
    return "invisible signs within words" if _HIDDEN.search(written) else ""


_SHOWN = 80


def shortened(text: str) -> str:
    """Return the beginning of a text, on one line, for a quotation."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"
