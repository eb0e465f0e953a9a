"""Writing fixed files back: same encoding, same byte order mark, same line ends.

In: the root of a project, the texts that were analysed and the new ones. Out: files on disk. Never
does: write a file that has changed since it was read, follow a link out of the project, or leave
half a file.
"""

from __future__ import annotations

import difflib
import io
import os
import re
import tempfile
import tokenize
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from pathlib import Path

from dbos_build.error import OutputError
from dbos_build.fixes.change import dominant_line_end
from dbos_build.reading.sources import decode

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def save(root: Path, old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Write the new texts below `root`; return their paths, sorted.

    Both mappings go from path to text with line feeds. All contents are made before the first file
    is written. Raises OutputError for a file that cannot be written or is not what was analysed.
    """
    contents = {path: _content(root, path, old[path], new[path]) for path in sorted(new)}
    for path, content in contents.items():
        _replace(Path(os.path.realpath(root / path)), content)
    return tuple(contents)


def unified(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """The changes as a unified diff, file by file."""
    return "".join("".join(_file_diff(path, old[path], new[path])) for path in sorted(new))


def encoded(content: bytes, old: str, new: str) -> bytes:
    """The bytes of `new`, as the file with these bytes and the text `old` would have it.

    Lines that stay keep their own line end; others get the one that the file uses most. Raises
    ValueError when the encoding of the file lacks a character.
    """
    mark = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    raw = content.removeprefix(mark).decode("utf-8" if mark else encoding)
    line_end = dominant_line_end(raw)
    before, written = old.splitlines(keepends=True), _LINE.findall(raw)
    if len(before) != len(written):  # A line holds a form feed or its like; ends cannot be mixed.
        return mark + new.replace("\n", line_end).encode("utf-8" if mark else encoding)
    after = new.splitlines(keepends=True)
    parts: list[str] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            parts += written[first:last]
        else:
            parts += [line.replace("\n", line_end) for line in after[start:end]]
    return mark + "".join(parts).encode("utf-8" if mark else encoding)


def _content(root: Path, path: str, old: str, new: str) -> bytes:
    target = os.path.realpath(root / path)
    if os.path.commonpath([target, os.path.realpath(root)]) != os.path.realpath(root):
        raise OutputError(f"{path}: is a link to a file outside the project; it was not fixed")
    try:
        content = Path(target).read_bytes()
    except OSError as failure:
        raise OutputError(f"{path}: cannot be read: {failure.strerror}") from failure
    if decode(content)[0] != old:
        raise OutputError(f"{path}: has changed since it was read; run the command again")
    try:
        return encoded(content, old, new)
    except ValueError as failure:
        raise OutputError(f"{path}: its encoding cannot hold the fix: {failure}") from failure


def _replace(path: Path, content: bytes) -> None:
    """Put new content in place of a file, keeping its permissions."""
    temporary = ""
    try:
        mode = os.stat(path).st_mode & 0o7777
        descriptor, temporary = tempfile.mkstemp(prefix=".dbos-build-", dir=path.parent)
        with open(descriptor, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as failure:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise OutputError(f"{path}: cannot be written: {failure.strerror}") from failure


def _file_diff(path: str, old: str, new: str) -> Iterator[str]:
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
