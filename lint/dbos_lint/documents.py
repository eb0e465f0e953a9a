"""The buffers that an editor has open.

In: what the editor says of them. Out: their texts by file. Never does: read a file; take a version
for newer than it is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from dbos_lint.positions import Encoding, Replacement, replaced

SCHEMES = frozenset({"file", "untitled", "inmemory", "buffer", ""})
"""What the addresses of modules begin with. Others show parts of a notebook, or older versions."""


@dataclass(frozen=True, slots=True)
class Document:
    """One open buffer: its address as the editor writes it, its text and its version."""

    uri: str
    path: Path
    text: str
    version: int | None


class Documents:
    """Open buffers by address. Edits to a buffer that is not open are left out."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF_16
        self._open: dict[str, Document] = {}

    def open(self, uri: str, text: str, version: int | None) -> None:
        """A buffer was opened; one that shows something else than a module is left out."""
        if _parts(uri).scheme in SCHEMES:
            self._open[uri] = Document(uri, path_of(uri), text, version)

    def close(self, uri: str) -> None:
        """A buffer was closed; what counts is on disk again."""
        self._open.pop(uri, None)

    def edit(self, uri: str, changes: Iterable[Replacement | str], version: int | None) -> None:
        """Make edits one after the other; a text alone replaces everything."""
        document = self._open.get(uri)
        if document is None:
            return
        text = document.text
        for change in changes:
            if isinstance(change, str):
                text = change
            else:
                text = replaced(text, change, self.encoding)
        self._open[uri] = replace(document, text=text, version=version)

    def get(self, uri: str) -> Document | None:
        """The buffer at an address, if it is open."""
        return self._open.get(uri)

    def every(self) -> tuple[Document, ...]:
        """All open buffers."""
        return tuple(self._open.values())


def as_read(text: str) -> str:
    """The text of a buffer as files are read.

    Lines end in a line feed, and no byte order mark is before them.
    """
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def path_of(uri: str) -> Path:
    """The file at an address; a made-up one, which does not exist, for what is in no file."""
    parts = _parts(uri)
    path = unquote(parts.path).replace("\x00", "")
    if parts.scheme != "file" or not path.strip("/"):
        mark = hashlib.sha256(uri.encode("utf-8", "backslashreplace")).hexdigest()[:16]
        return Path("/", "unsaved", mark, Path(path).name or "x")
    if os.name == "nt":
        path = path.lstrip("/")
    return Path(os.path.realpath(path))


def _parts(uri: str) -> SplitResult:
    """An address in its parts; what is none has a path only."""
    try:
        return urlsplit(uri)
    except ValueError:
        return SplitResult("", "", uri, "", "")
