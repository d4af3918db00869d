"""One application being answered: what its page shows, and what becomes of what was sent. Rules R-1, R-2, X-1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from badges.queries import checklist
from core import clock, wording
from core.answers import done, page
from core.errors import Conflict
from core.forms import whole
from core.uploads import ACCEPTED, FILE_MAX_BYTES, RULE
from partners import applying
from partners.application_queries import files_of
from partners.applying import ChangedElsewhere
from partners.forms import ApplicationForm, Received, application_form, field_name
from partners.models import Application, ApplicationFile
from partners.offers import offers, taken
from partners.review.queries import kept_reason
from partners.rules import shown_to_applicant
from partners.steps import Field, Problem, answered, fields, file_fields, form_of, text_fields

_CHOOSE_AGAIN = "Nothing was stored yet: choose the file again."
_SAID = {
    (False, False): "Your draft is saved.",
    (True, False): "Your application is with {partner}. If you are selected, you get an e-mail.",
    (True, True): "{partner} sees your changes.",
}


class Answering:
    """An application and the form of it that came with the request, or that is filled with what is stored."""

    def __init__(self, found: Application) -> None:
        self.found = found
        self.form = self._form()

    def _form(self) -> ApplicationForm:
        programme = self.found.programme
        # A step that was taken out while somebody answered it: what they typed is kept as well.
        typed = [step for step in programme.former_steps if _is_in_request(step)]
        return application_form([*programme.steps, *typed], self.found.answers, files_of(self.found.id))

    @property
    def is_sent(self) -> bool:
        """Whether the partner has it already."""
        return self.found.submitted_at is not None

    def save(self, *, to_send: bool) -> Response:
        """Keep or send what came; what cannot be kept is told at its field. Raises ChangedElsewhere."""
        received, was_sent, at = self.form.receive(_version()), self.is_sent, clock.now()
        to_send = to_send or was_sent
        problems = (*received.problems, *(self.form.missing(received) if to_send else ()))
        if problems:
            return self._told(received, problems)
        verb = applying.submit if to_send else applying.save_draft
        verb(self.found.id, received.answers, at, received.change)
        said = _SAID[to_send, was_sent].format(partner=self.found.programme.partner.name)
        return done(said, self._url())

    def _told(self, received: Received, problems: tuple[Problem, ...]) -> Response:
        """Show what is wrong; of a draft all the rest is kept, so that nothing has to be typed or chosen twice."""
        if not self.is_sent:
            applying.save_draft(self.found.id, received.answers, clock.now(), received.change)
            self.form = self._form()
        else:
            again = {field.name for field in fields(self.form.steps) if field.step_key in received.change.files}
            problems += tuple(Problem(name, _CHOOSE_AGAIN) for name in again if field_name(name) in self.form)
        self.form.show(problems)
        return self.shown(422)

    def take(self, take: str) -> Response:
        """Fill a step with what stands on the profile. A draft keeps it at once. Raises ChangedElsewhere."""
        received = self.form.receive(_version())
        chosen = taken(take, self.form.steps, {}, self.found.freelancer.profile)
        if chosen is None:
            raise Conflict("This no longer stands on your profile.", "Go back and load the page again.")
        key, answer = chosen
        if not self.is_sent:
            applying.save_draft(self.found.id, received.answers | {key: answer}, clock.now(), received.change)
            return done("Filled in from your profile, and saved.", f"{self._url()}#step-{key}")
        for field in text_fields(self.form.steps):
            if field.step_key == key:
                self.form[field_name(field.name)].data = answer.get(field.part_key, "")
        return self.shown(filled=key)

    def both(self, error: ChangedElsewhere) -> Response:
        """Show what was typed here beside what was saved elsewhere meanwhile. Rule X-1."""
        stored, typed = form_of(self.form.steps, self.found.answers), self.form.typed()
        differ = [field for field in text_fields(self.form.steps) if stored[field.name] != typed[field.name].strip()]
        elsewhere = [(_called(field), stored[field.name] or "(empty)") for field in differ]
        return self.shown(error.status, conflict=error, elsewhere=elsewhere)

    def saved_while_typing(self) -> dict[str, Any]:
        """Keep a draft as far as it goes; return what the page's script shows. Raises Conflict for what was sent."""
        if self.is_sent:
            raise Conflict("It was sent meanwhile.", "Load the page again, and send your changes.")
        received, at = self.form.receive(_version()), clock.now()
        applying.save_draft(self.found.id, received.answers, at, received.change)
        self.form = self._form()
        return {
            "version": self.found.version,
            "saved": f"Saved at {at:%H:%M} UTC",
            "problems": {field_name(problem.name): problem.sentence for problem in received.problems},
            "left": self._left(),
            "files": self._files(),
        }

    def shown(self, status: int = 200, **words: Any) -> Response:
        """Return the application's page."""
        found, programme = self.found, self.found.programme
        profile: Mapping[str, Any] = found.freelancer.profile or {}
        gone = answered(programme.former_steps, found.answers, files_of(found.id))
        return page(
            "me/application.html",
            status,
            application=found,
            state=shown_to_applicant(found.state),
            partner=programme.partner,
            form=self.form,
            offers={step["key"]: offers(step, found.answers, profile) for step in programme.steps},
            left=[] if self.is_sent else self._left(),
            no_longer_asked=[each for each in gone if each.is_answered],
            reason=kept_reason(self.found.id),
            findings=checklist(found.freelancer_id, programme.achievement_id, clock.now()),
            upload={"accept": ACCEPTED, "max": FILE_MAX_BYTES, "rule": RULE},
            file_url=self._file_url,
            **words,
        )

    def _left(self) -> list[dict[str, str]]:
        """Return what sending still needs, as the label of each field and where it is."""
        stored = application_form(self.found.programme.steps, self.found.answers, files_of(self.found.id))
        needed = stored.missing(Received(self.found.answers, applying.Change(), ()))
        called = {field.name: _called(field) for field in fields(stored.steps)}
        return [{"id": field_name(each.name), "label": called[each.name]} for each in needed]

    def _files(self) -> dict[str, dict[str, str]]:
        kept = files_of(self.found.id)
        there = {field.name: kept[field.step_key] for field in file_fields(self.form.steps) if field.step_key in kept}
        return {field_name(name): self._shown_file(file) for name, file in there.items()}

    def _shown_file(self, file: ApplicationFile) -> dict[str, str]:
        return {"name": file.name, "size": wording.file_size(file.size_bytes), "url": self._file_url(file)}

    def _file_url(self, file: ApplicationFile) -> str:
        return url_for("me.application_file", application_id=self.found.id, file_id=file.id)

    def _url(self) -> str:
        return url_for("me.application", application_id=self.found.id)


def _version() -> int | None:
    """Return the version of the application that was open in the browser, or None where a request does not say."""
    return whole(request.form.get("version"))


def _is_in_request(step: Mapping[str, Any]) -> bool:
    names: Iterable[str] = (field_name(field.name) for field in text_fields([step]))
    return any(name in request.form for name in names)


def _called(field: Field) -> str:
    return field.prompt if field.is_only_part else f"{field.prompt}: {wording.capital(field.label)}"
