"""The kinds of steps that an application is made of, and what each asks for. Pure. Rule R-1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from partners.states import StepKind

PartKind = Literal["line", "prose", "link", "day", "file"]


@dataclass(frozen=True)
class Part:
    """One thing that a step asks for. `key` is empty where the step has no other part."""

    key: str
    label: str
    kind: PartKind
    required: bool = False


PARTS: Mapping[StepKind, tuple[Part, ...]] = MappingProxyType(
    {
        StepKind.QUESTION: (Part("", "Your answer", "prose", True),),
        StepKind.EXPERIENCE: (Part("", "What you did, for whom and when", "prose", True),),
        StepKind.CERTIFICATE: (
            Part("name", "Name of the certificate", "line", True),
            Part("number", "Number", "line"),
            Part("link", "Link that shows it", "link"),
            Part("issued_on", "Issued on", "day"),
            Part("expires_on", "Valid until", "day"),
            Part("file", "The certificate itself", "file"),
        ),
        StepKind.TRAINING: (
            Part("name", "Name of the training", "line", True),
            Part("link", "Link that shows it", "link"),
            Part("finished_on", "Finished on", "day"),
        ),
        StepKind.PORTFOLIO: (
            Part("title", "Title of the work", "line", True),
            Part("link", "Link to it", "link"),
            Part("text", "What you did in it", "prose"),
        ),
        StepKind.FILE: (Part("", "Your file", "file", True),),
    }
)
#: What partners read when they choose the kind of a step.
KIND_NAMES: Mapping[StepKind, str] = MappingProxyType(
    {
        StepKind.QUESTION: "A question",
        StepKind.CERTIFICATE: "A certificate",
        StepKind.TRAINING: "A training",
        StepKind.EXPERIENCE: "Hands-on experience",
        StepKind.PORTFOLIO: "A portfolio piece",
        StepKind.FILE: "A file",
    }
)


#: What each kind asks an applicant for, in a few words.
ASKS: Mapping[StepKind, str] = MappingProxyType(
    {
        StepKind.QUESTION: "A text of any length",
        StepKind.CERTIFICATE: "Its name, number and link, its dates, and perhaps a file of it",
        StepKind.TRAINING: "Its name, a link, and when it was finished",
        StepKind.EXPERIENCE: "A text: what they did, for whom and when",
        StepKind.PORTFOLIO: "A title, a link, and what they did in it",
        StepKind.FILE: "A PDF, PNG or JPEG",
    }
)


#: How a partner might put each, as an example beside the field.
EXAMPLES: Mapping[StepKind, str] = MappingProxyType(
    {
        StepKind.QUESTION: "What is the largest warehouse you have built?",
        StepKind.CERTIFICATE: "Your builder's certificate",
        StepKind.TRAINING: "A course of ours that you finished",
        StepKind.EXPERIENCE: "A project from the first talk to the handover",
        StepKind.PORTFOLIO: "Something of yours that we can look at",
        StepKind.FILE: "A letter from a client",
    }
)
