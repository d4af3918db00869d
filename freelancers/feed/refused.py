"""Refused rows, kept as they stood so that they can be mended and fed again, and the reasons beside them."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from freelancers.feed.errors import FeedError
from freelancers.feed.report import Refusal


class RefusedRows:
    """Writes `<FILE>.refused.csv` (or `.ndjson`) and `<FILE>.reasons.ndjson`; they appear only when `keep` is called.

    Neither ever replaces an existing file: the name gets a number instead. Both may be read by their owner only.
    """

    def __init__(self, feed: Path, folder: Path | None, header: bytes, format: str) -> None:
        folder, suffix = folder or feed.parent, "csv" if format == "csv" else "ndjson"
        self._parts = (folder / f".{feed.name}.{os.getpid()}.rows", folder / f".{feed.name}.{os.getpid()}.reasons")
        self._names = (folder / f"{feed.name}.refused.{suffix}", folder / f"{feed.name}.reasons.ndjson")
        self._files: tuple[BinaryIO, BinaryIO] | None = None
        self.header = header

    def check(self, rows: int) -> None:
        """Raise FeedError when there are rows to write and they cannot be written, before anything is stored."""
        if rows:
            try:
                _private(self._parts[0]).close()
                self._parts[0].unlink()
            except OSError as error:
                raise _unwritable(error) from error

    def __enter__(self) -> RefusedRows:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files or ():
            file.close()
        for part in self._parts:
            part.unlink(missing_ok=True)

    def add(self, raw: bytes, refusal: Refusal) -> None:
        """Keep one row, as it stood, with its reasons. Raises FeedError where nothing can be written."""
        try:
            if self._files is None:
                self._files = (_private(self._parts[0]), _private(self._parts[1]))
                self._files[0].write(_ended(self.header))
            self._files[0].write(_ended(raw))
            self._files[1].write(msgspec.json.encode(refusal) + b"\n")
        except OSError as error:
            raise _unwritable(error) from error

    def keep(self) -> tuple[Path, Path] | None:
        """Give both files their names and return them; None when no row was refused."""
        if self._files is None:
            return None
        for file in self._files:
            file.close()
        number = 1
        while any(_numbered(name, number).exists() for name in self._names):
            number += 1
        kept = (_numbered(self._names[0], number), _numbered(self._names[1], number))
        for part, name in zip(self._parts, kept, strict=True):
            part.rename(name)
        return kept


def _unwritable(error: OSError) -> FeedError:
    return FeedError(f"The refused rows cannot be written: {error}.", "Name a folder for them with --refused FOLDER.")


def _ended(raw: bytes) -> bytes:
    return raw if not raw or raw.endswith(b"\n") else raw + b"\n"


def _numbered(name: Path, number: int) -> Path:
    return name if number == 1 else name.with_name(f"{name.stem}-{number}{name.suffix}")


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
