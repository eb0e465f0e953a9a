"""The plugin of python-lsp-server: findings, their fixes, and what durable functions are, on hover.

In: the documents that the server has open. Out: plain data of the protocol. Never does: analysis;
touch what other plugins say.

The server asks about one document at a time, after a pause in typing: what a change to a helper
means for a workflow in another open document is shown once that document is asked about. Our own
server, `dbos-build server`, shows it at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pylsp import hookimpl

from dbos_build.findings import Finding, Link, Severity
from dbos_lint import actions, hovers, positions
from dbos_lint.actions import Action
from dbos_lint.documents import path_of
from dbos_lint.positions import Encoding, Position, Replacement
from dbos_lint.project import Result
from dbos_lint.workspace import CONFIGURATION, Round, Workspace

SOURCE = "dbos-build"
ENCODING = Encoding.UTF_16
"""What python-lsp-server counts; it agrees on nothing else with an editor."""
_SEVERITIES = MappingProxyType({Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3})
_WARNING = 2

Data = dict[str, Any]


@dataclass(slots=True)
class _Folder:
    """What is known of one folder of the server's workspace; the server asks from many threads."""

    workspace: Workspace
    lock: threading.Lock = field(default_factory=threading.Lock)
    stamps: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    round: Round | None = None


_folders: dict[str, _Folder] = {}
_opening = threading.Lock()


@hookimpl
def pylsp_settings() -> Data:
    """The plugin is on unless it is switched off."""
    return {"plugins": {"dbos_build": {"enabled": True}}}


@hookimpl
def pylsp_lint(workspace: Any, document: Any, is_saved: bool) -> list[Data]:
    """The findings of one document; open documents count in place of their files."""
    folder = _folder(workspace)
    with folder.lock:
        found = _checked(folder, workspace, document, str(document.source), is_fresh=is_saved)
    if found is None:
        return []
    result, path = found
    return [_diagnostic(result, each) for each in result.findings.get(path, ())]


@hookimpl
def pylsp_code_actions(workspace: Any, document: Any, range: Data) -> list[Data]:
    """The fixes of the findings in some lines, and comments that silence them."""
    folder, source = _folder(workspace), str(document.source)
    first, last = range["start"]["line"] + 1, range["end"]["line"] + 1
    with folder.lock:
        found = _checked(folder, workspace, document, source)
        owner = folder.round.owners.get(path_of(document.uri)) if folder.round else None
        if found is None or owner is None:
            return []
        result, path = found
        here = [
            each
            for each in result.findings.get(path, ())
            if each.line <= last and first <= each.end_line
        ]
        project = folder.workspace.project(owner[0])
        offers = [
            *actions.worked_out(project, result, path, here),
            *actions.silencings(result, path, here),
        ]
    return list(_actions(result, offers, document.uri, source))


@hookimpl(tryfirst=True)
def pylsp_hover(workspace: Any, document: Any, position: Data) -> Data | None:
    """What a durable function is made of; nothing, and other plugins are asked, for other names."""
    folder, line = _folder(workspace), position["line"]
    with folder.lock:
        found = _checked(folder, workspace, document, str(document.source))
        if found is None:
            return None
        result, path = found
        lines = positions.lines_of(result.texts[path])
        if line >= len(lines) or path in result.broken:
            return None
        column = positions.to_characters(lines[line], position["character"], ENCODING)
        text = hovers.at(result, path, line + 1, column + 1, datetime.now(UTC))
    return None if text is None else {"contents": {"kind": "markdown", "value": text}}


def _checked(
    folder: _Folder, workspace: Any, document: Any, source: str, *, is_fresh: bool = False
) -> tuple[Result, str] | None:
    """The result that a document is part of, and its path there; with `is_fresh`, files anew.

    The caller has the lock of the folder, and keeps it for as long as it looks at the program: the
    next check makes its edits in there.
    """
    path = path_of(document.uri)
    buffers = {path_of(each.uri): str(each.source) for each in list(_texts(workspace))}
    buffers[path] = source
    stamps = _stamps(path)
    if any(folder.stamps.get(file, stamp) != stamp for file, stamp in stamps.items()):
        folder.workspace.reload()
    elif is_fresh:
        folder.workspace.look_again()
    folder.stamps = {**folder.stamps, **stamps}
    done = folder.workspace.check(buffers)
    for message in done.messages:
        if message not in folder.told:
            workspace.show_message(f"dbos-build: {message}", _WARNING)
    folder.told = set(done.messages)
    folder.round = done
    return done.of(path)


def _folder(workspace: Any) -> _Folder:
    root = str(workspace.root_path or "")
    with _opening:
        if root not in _folders:
            places = (Path(root).resolve(),) if root and Path(root).is_dir() else ()
            _folders[root] = _Folder(Workspace(places))
        return _folders[root]


def _texts(workspace: Any) -> Iterator[Any]:
    """The open documents with text of their own; a notebook has cells instead."""
    for each in list(workspace.documents.values()):
        if hasattr(each, "source") and each.uri.endswith(".py"):
            yield each


def _stamps(path: Path) -> dict[Path, tuple[int, int]]:
    """When each file that may configure a place was changed; (0, 0) for one that is not there."""
    found = {}
    for folder in path.parents:
        for name in CONFIGURATION:
            found[folder / name] = (0, 0)
            with suppress(OSError):
                status = (folder / name).stat()
                found[folder / name] = (status.st_mtime_ns, status.st_size)
    return found


def _diagnostic(result: Result, finding: Finding) -> Data:
    start = _place(result, finding.path, finding.line, finding.column)
    end = _place(result, finding.path, finding.end_line, finding.end_column)
    made: Data = {
        "source": SOURCE,
        "code": finding.code,
        "message": finding.message,
        "severity": _SEVERITIES[finding.severity],
        "range": {"start": start, "end": end},
    }
    if finding.chain:
        made["relatedInformation"] = [_related(result, link) for link in finding.chain]
    return made


def _related(result: Result, link: Link) -> Data:
    place = _place(result, link.path, link.line, link.column)
    uri = (result.root / link.path).as_uri()
    return {
        "location": {"uri": uri, "range": {"start": place, "end": place}},
        "message": f"{link.function}: {link.what}",
    }


def _place(result: Result, path: str, line: int, column: int) -> Data:
    lines = positions.lines_of(result.texts.get(path, ""))
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return {
        "line": max(line - 1, 0),
        "character": positions.to_units(text, column - 1, ENCODING),
    }


def _actions(result: Result, offers: list[Action], uri: str, before: str) -> Iterator[Data]:
    """The offers as edits of a text, which is the one that was checked."""
    for offer in offers:
        text = offer.text or ""
        text = text.replace("\n", "\r\n") if "\r\n" in before else text
        if before.startswith("\ufeff"):
            text = "\ufeff" + text
        change = positions.difference(before, text, ENCODING)
        if change is not None:
            yield {
                "title": offer.title,
                "kind": "quickfix",
                "diagnostics": [_diagnostic(result, offer.finding)],
                "isPreferred": offer.is_preferred,
                "edit": {"changes": {uri: [_edit(change)]}},
            }


def _edit(change: Replacement) -> Data:
    return {
        "range": {"start": _units(change.start), "end": _units(change.end)},
        "newText": change.text,
    }


def _units(position: Position) -> Data:
    return {"line": position.line, "character": position.column}
