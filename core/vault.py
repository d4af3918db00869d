"""Files on disk, under random names in the instance folder: no address leads there, and no name says whose they are.

What a file is, and to whom it belongs, is in the database. One that no row names (a transaction failed, a process was
killed) is swept away after a while.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from flask import current_app

_NAME_BYTES = 16
#: The folder for what has none of its own; core/strongroom.py has one.
ROOM = "files"


def keep(content: bytes, room: str = ROOM) -> str:
    """Store a file so that it outlives a crash; return the random name that it has from now on."""
    name = secrets.token_hex(_NAME_BYTES)
    path = _path(name, room)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "xb", opener=lambda place, flags: os.open(place, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name


def read(name: str, room: str = ROOM) -> bytes:
    """Return what a stored file holds. Raises FileNotFoundError."""
    return _path(name, room).read_bytes()


def erase(names: Iterable[str], room: str = ROOM) -> None:
    """Delete stored files; those that are gone already are fine."""
    for name in names:
        with suppress(FileNotFoundError):
            _path(name, room).unlink()


def stored_before(moment: datetime, room: str = ROOM) -> Iterator[str]:
    """Yield the names of the files that were stored before a moment."""
    for path in _folder(room).glob("*/*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < moment.timestamp():
                yield path.name


def _folder(room: str) -> Path:
    instance: Path = current_app.extensions["laurel_settings"].instance
    return instance / room


def _path(name: str, room: str) -> Path:
    if len(name) != 2 * _NAME_BYTES or not name.isalnum():
        raise FileNotFoundError(name)
    return _folder(room) / name[:2] / name
