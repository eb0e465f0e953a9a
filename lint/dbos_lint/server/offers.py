"""Code actions: fixes, silencing, fixing a whole file, and moving a selection into a step.

In: requests about a range of an open buffer. Out: actions with their edits, which are worked out
when the editor takes one if it can wait for that. Never does: make an edit that the compiler
refuses, or after which it finds more than before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from types import MappingProxyType

from lsprotocol import types

from dbos_build.error import OvertakenError
from dbos_build.findings import Finding
from dbos_lint import actions, positions, selections
from dbos_lint.documents import Document, path_of
from dbos_lint.positions import Position
from dbos_lint.project import EditedProject, Result
from dbos_lint.server import wire
from dbos_lint.server.adapter import Server
from dbos_lint.server.views import View, newest

FIX_ALL = "source.fixAll.dbosBuild"
EXTRACT = "refactor.extract.dbosBuild"


def attach(server: Server) -> None:
    """Register the list of actions and the request that completes one."""
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL, EXTRACT], resolve_provider=True
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(given: types.CodeActionParams) -> list[types.CodeAction]:
        return await newest(server, given.text_document.uri, lambda view: _offers(view, given), [])

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(given: types.CodeAction) -> types.CodeAction:
        uri = given.data.get("uri") if isinstance(given.data, dict) else None
        complete = _COMPLETING.get(str(given.kind), _fix_all)
        return await newest(server, str(uri), lambda view: complete(view, given), given)


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether an editor that asks for some kinds of actions wants this one."""
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


async def _offers(view: View, given: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions for a range of a buffer."""
    document = view.document()
    if document is None:
        return []
    only, later = given.context.only, view.server.resolves
    made: list[types.CodeAction] = []
    if _is_wanted(EXTRACT, only):
        made += await _extraction(view, document, given.range)
    if _is_wanted(types.CodeActionKind.QuickFix, only):
        made += await _quick_fixes(view, document, given.range)
    if _is_wanted(FIX_ALL, only):
        action = types.CodeAction("Fix all that is safe", FIX_ALL, data={"uri": view.uri})
        if only and not later:
            action = await _fix_all(view, action)
        if later or action.edit is not None:
            made.append(action)
    return made


async def _quick_fixes(
    view: View, document: Document, wanted: types.Range
) -> list[types.CodeAction]:
    """The fixes of the findings in some lines, and the comments that silence them."""
    result, path, translator = view.result, view.path, view.translator
    here = [
        each for each in result.findings.get(path, ()) if _touches(translator.range(each), wanted)
    ]
    project = _project(view)
    if not here or project is None:
        return []
    if view.server.resolves:
        offers = list(actions.fixes(result, path, here))
        asyncio.get_running_loop().run_in_executor(None, actions.prepare)
    else:
        offers = []
        for each in here:  # One by one: newer text goes first.
            offers += await view.ask(partial(_worked_out, project, result, path, each))
    offers += await view.ask(lambda: list(actions.silencings(result, path, here)))
    return [
        types.CodeAction(
            title=each.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[translator.diagnostic(each.finding)],
            is_preferred=each.is_preferred or None,
            edit=None if each.text is None else edit_of(view, document, each.text),
            data=None if each.text is not None else _meaning(document, each.finding),
        )
        for each in offers
    ]


def _worked_out(
    project: EditedProject, result: Result, path: str, finding: Finding
) -> list[actions.Action]:
    """The fixes of one finding that can be made, with their texts."""
    return list(actions.worked_out(project, result, path, [finding]))


def _meaning(document: Document, finding: Finding) -> dict[str, object]:
    """What tells a fix that is asked for later: its finding, in a version of a buffer."""
    place = [finding.code, finding.line, finding.column, finding.message]
    return {"uri": document.uri, "version": document.version, "finding": place}


async def _fixed(view: View, action: types.CodeAction) -> types.CodeAction:
    """A fix with its edit; where there is none, the editor is told why."""
    match action.data:
        case {"finding": [*place], "version": version}:
            document, project = view.document(), _project(view)
        case _:
            return action
    if document is None or project is None:
        return action
    result, path = view.result, view.path
    meant = [
        each
        for each in result.findings.get(path, ())
        if [each.code, each.line, each.column, each.message] == place
    ]
    if document.version != version or path in result.broken or not meant:
        _tell(view, "not fixed: the text has changed since")
        return action
    made = await view.ask(lambda: actions.fixed(project, result, path, meant[0]))
    if not made.text:
        _tell(view, f"not fixed: {made.reason}")
        return action
    action.edit = edit_of(view, document, made.text)
    if made.caution:
        _tell(view, f"fixed; {made.caution}")
    return action


async def _fix_all(view: View, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit, if there is anything that can be fixed."""
    document, project = view.document(), _project(view)
    if document is None or project is None:
        return action
    text = await view.ask(lambda: actions.everything(project, view.result, view.path))
    action.edit = edit_of(view, document, text)
    return action


async def _extraction(
    view: View, document: Document, wanted: types.Range
) -> list[types.CodeAction]:
    """The action that moves a selection into a step; without its edit if that can be asked for."""
    first, last = wanted.start.line + 1, wanted.end.line + 1 - (wanted.end.character == 0)
    if wanted.start == wanted.end or last < first:
        return []
    if not await view.ask(lambda: selections.is_offered(view.result, view.path, first, last)):
        return []
    ends = [wanted.start.line, wanted.start.character, wanted.end.line, wanted.end.character]
    data = {"uri": document.uri, "selection": ends, "version": document.version}
    action = types.CodeAction("Extract the selection to a step", EXTRACT, data=data)
    if view.server.resolves:
        return [action]
    action = await _extracted(view, action, quietly=True)
    return [action] if action.edit is not None else []


async def _extracted(
    view: View, action: types.CodeAction, *, quietly: bool = False
) -> types.CodeAction:
    """The action with its edit; where there is none, the editor is told why, unless quietly."""
    match action.data:
        case {"selection": [int(), int(), int(), int()] as ends, "version": version}:
            document, project = view.document(), _project(view)
        case _:
            return action
    if document is None or project is None:
        return action
    if document.version != version:
        return action  # What was selected may stand elsewhere by now.
    result, path = view.result, view.path
    text, encoding = result.texts[path], view.server.running.documents.encoding
    start, end = (
        positions.offset_at(text, Position(line, column), encoding)
        for line, column in (ends[:2], ends[2:])
    )
    made = await view.ask(lambda: selections.extracted(project, result, path, start, end))
    if made.text:
        action.edit = edit_of(view, document, made.text)
    elif not quietly:
        _tell(view, f"not extracted: {made.reason}")
    return action


_COMPLETING = MappingProxyType(
    {EXTRACT: _extracted, types.CodeActionKind.QuickFix.value: _fixed, FIX_ALL: _fix_all}
)
"""Kind of action → what adds the edit to one."""


def _tell(view: View, what: str) -> None:
    """Say what came of an action."""
    told = types.ShowMessageParams(types.MessageType.Info, f"dbos-build: {what}")
    view.server.window_show_message(told)


def _project(view: View) -> EditedProject | None:
    """The project that a buffer belongs to."""
    owner = view.round.owners.get(path_of(view.uri))
    try:
        return view.server.running.workspace.project(owner[0]) if owner is not None else None
    except KeyError:  # The configuration is being read anew.
        return None


def edit_of(view: View, document: Document, text: str) -> types.WorkspaceEdit | None:
    """The edit that makes this text of a buffer, in the line ends of the buffer.

    Raises OvertakenError when somebody has typed since: the edit would take that back.
    """
    server = view.server
    if server.running.documents.get(document.uri) is not document:
        raise OvertakenError("the buffer has changed")
    if "\r\n" in document.text:
        text = text.replace("\n", "\r\n")
    if document.text.startswith("\ufeff"):
        text = "\ufeff" + text
    change = positions.difference(document.text, text, server.running.documents.encoding)
    if change is None:
        return None
    if not server.versions:
        return types.WorkspaceEdit(changes={document.uri: [wire.edit(change)]})
    changed = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(changed, [wire.edit(change)])]
    )


def _touches(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a line."""
    return one.start.line <= other.end.line and other.start.line <= one.end.line
