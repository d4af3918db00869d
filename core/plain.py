"""How a command says what went wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import OperationalError

from core.errors import DomainError

P = ParamSpec("P")
R = TypeVar("R")


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Say in one sentence what went wrong, and exit with 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except DomainError as error:
            said = f"{error.title}: {error.advice}"
        except OperationalError as error:
            said = f"The database does not answer, and nothing was changed: {str(error.orig).strip()}"
        click.echo(said, err=True)
        raise SystemExit(1)

    return run
