"""Code actions: fixes, silencing, fixing a whole file, and moving a selection into a step.

In: requests about a range of an open buffer. Out: actions with their edits, which are worked out
when the editor takes one if it can wait for that. Never does: make an edit that the compiler
refuses, or after which it finds more than before.
"""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from dbos_build.findings import Finding
from dbos_lint import actions, positions, selections
from dbos_lint.documents import Document
from dbos_lint.positions import Position
from dbos_lint.project import EditedProject, Result
from dbos_lint.server import wire
from dbos_lint.server.adapter import Server

FIX_ALL = "source.fixAll.dbosBuild"
EXTRACT = "refactor.extract.dbosBuild"


def attach(server: Server) -> None:
    """Register the list of actions and the request that completes one."""
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL, EXTRACT], resolve_provider=True
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(given: types.CodeActionParams) -> list[types.CodeAction]:
        uri = given.text_document.uri
        found = await server.found(uri)
        document = server.running.documents.get(uri)
        if found is None or document is None:
            return []
        made: list[types.CodeAction] = []
        if _is_wanted(EXTRACT, given.context.only):
            made += await _extraction(server, document, found, given.range)
        if _is_wanted(types.CodeActionKind.QuickFix, given.context.only):
            made += await _quick_fixes(server, document, found, given.range)
        if _is_wanted(FIX_ALL, given.context.only):
            action = types.CodeAction("Fix all that is safe", FIX_ALL, data={"uri": uri})
            if given.context.only and not server.resolves:
                action = await _fix_all(server, action)
            if server.resolves or action.edit is not None:
                made.append(action)
        return made

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(given: types.CodeAction) -> types.CodeAction:
        if given.kind == EXTRACT:
            return await _extracted(server, given)
        if given.kind == types.CodeActionKind.QuickFix:
            return await _fixed(server, given)
        return await _fix_all(server, given)


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether an editor that asks for some kinds of actions wants this one."""
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


async def _quick_fixes(
    server: Server, document: Document, found: tuple[Result, str], wanted: types.Range
) -> list[types.CodeAction]:
    """The fixes of the findings in some lines, and the comments that silence them."""
    result, path = found
    translator = server.translator(result)
    here = [
        each for each in result.findings.get(path, ()) if _touches(translator.range(each), wanted)
    ]
    project = _project(server, document)
    if not here or project is None:
        return []
    ask = server.running.ask
    if server.resolves:
        offers = list(actions.fixes(result, path, here))
    else:
        offers = await ask(lambda: list(actions.worked_out(project, result, path, here)))
    offers += await ask(lambda: list(actions.silencings(result, path, here)))
    return [
        types.CodeAction(
            title=each.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[translator.diagnostic(each.finding)],
            is_preferred=each.is_preferred or None,
            edit=None if each.text is None else _edit(server, document, each.text),
            data=None if each.text is not None else _meaning(document, each.finding),
        )
        for each in offers
    ]


def _meaning(document: Document, finding: Finding) -> dict[str, object]:
    """What tells a fix that is asked for later: its finding, in a version of a buffer."""
    place = [finding.code, finding.line, finding.column, finding.message]
    return {"uri": document.uri, "version": document.version, "finding": place}


async def _fixed(server: Server, action: types.CodeAction) -> types.CodeAction:
    """A fix with its edit; where there is none, the editor is told why."""
    match action.data:
        case {"uri": str(uri), "finding": [*place], **rest}:
            document = server.running.documents.get(uri)
        case _:
            return action
    found = await server.found(uri) if document is not None else None
    project = _project(server, document) if document is not None else None
    if found is None or document is None or project is None:
        return action
    result, path = found
    meant = [
        each
        for each in result.findings.get(path, ())
        if [each.code, each.line, each.column, each.message] == place
    ]
    if document.version != rest.get("version") or path in result.broken or not meant:
        _tell(server, "not fixed: the text has changed since")
        return action
    made = await server.running.ask(lambda: actions.fixed(project, result, path, meant[0]))
    if not made.text:
        _tell(server, f"not fixed: {made.reason}")
        return action
    if made.caution:
        _tell(server, f"fixed; {made.caution}")
    action.edit = _edit(server, document, made.text)
    return action


async def _fix_all(server: Server, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit, if there is anything that can be fixed."""
    uri = action.data.get("uri") if isinstance(action.data, dict) else None
    document = server.running.documents.get(str(uri))
    found = await server.found(str(uri)) if document else None
    if found is None or document is None:
        return action
    result, path = found
    project = _project(server, document)
    if project is None:
        return action
    text = await server.running.ask(lambda: actions.everything(project, result, path))
    action.edit = _edit(server, document, text)
    return action


async def _extraction(
    server: Server, document: Document, found: tuple[Result, str], wanted: types.Range
) -> list[types.CodeAction]:
    """The action that moves a selection into a step; without its edit if that can be asked for."""
    result, path = found
    first, last = wanted.start.line + 1, wanted.end.line + 1 - (wanted.end.character == 0)
    if wanted.start == wanted.end or last < first:
        return []
    if not await server.running.ask(lambda: selections.is_offered(result, path, first, last)):
        return []
    ends = [wanted.start.line, wanted.start.character, wanted.end.line, wanted.end.character]
    data = {"uri": document.uri, "selection": ends, "version": document.version}
    action = types.CodeAction("Extract the selection to a step", EXTRACT, data=data)
    if server.resolves:
        return [action]
    action = await _extracted(server, action, quietly=True)
    return [action] if action.edit is not None else []


async def _extracted(
    server: Server, action: types.CodeAction, *, quietly: bool = False
) -> types.CodeAction:
    """The action with its edit; where there is none, the editor is told why, unless quietly."""
    match action.data:
        case {"uri": str(uri), "selection": [int(), int(), int(), int()] as ends, **rest}:
            document = server.running.documents.get(uri)
        case _:
            return action
    found = await server.found(uri) if document is not None else None
    project = _project(server, document) if document is not None else None
    if found is None or document is None or project is None:
        return action
    if document.version != rest.get("version"):
        return action  # What was selected may stand elsewhere by now.
    result, path = found
    text, encoding = result.texts[path], server.running.documents.encoding
    start, end = (
        positions.offset_at(text, Position(line, column), encoding)
        for line, column in (ends[:2], ends[2:])
    )
    made = await server.running.ask(lambda: selections.extracted(project, result, path, start, end))
    if made.text:
        action.edit = _edit(server, document, made.text)
    elif not quietly:
        _tell(server, f"not extracted: {made.reason}")
    return action


def _tell(server: Server, what: str) -> None:
    """Say what came of an action."""
    told = types.ShowMessageParams(types.MessageType.Info, f"dbos-build: {what}")
    server.window_show_message(told)


def _project(server: Server, document: Document) -> EditedProject | None:
    """The project that a buffer belongs to."""
    done = server.running.round
    owner = done.owners.get(document.path) if done is not None else None
    try:
        return server.running.workspace.project(owner[0]) if owner is not None else None
    except KeyError:  # The configuration is being read anew.
        return None


def _edit(server: Server, document: Document, text: str) -> types.WorkspaceEdit | None:
    """The edit that makes this text of a buffer, in the line ends of the buffer."""
    if "\r\n" in document.text:
        text = text.replace("\n", "\r\n")
    if document.text.startswith("\ufeff"):
        text = "\ufeff" + text
    change = positions.difference(document.text, text, server.running.documents.encoding)
    if change is None:
        return None
    return types.WorkspaceEdit(changes={document.uri: [wire.edit(change)]})


def _touches(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a line."""
    return one.start.line <= other.end.line and other.start.line <= one.end.line
