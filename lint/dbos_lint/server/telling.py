"""What an editor shows of durable functions: on hover, above them, beside calls, in the outline.

In: requests about one file. Out: Markdown, lenses, hints and symbols. Never does: analysis, or
answer about a file that no project holds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from lsprotocol import types

from dbos_lint import hovers, numbering, outline
from dbos_lint.numbering import Hint
from dbos_lint.outline import Entry, Extent
from dbos_lint.server.adapter import Server
from dbos_lint.server.drawing import OPEN_GRAPH
from dbos_lint.server.views import View, newest
from dbos_lint.server.wire import Translator

KINDS = {
    "workflow": types.SymbolKind.Function,
    "step": types.SymbolKind.Method,
    "transaction": types.SymbolKind.Method,
}


def attach(server: Server) -> None:
    """Register the requests."""
    _attach_hovers(server)
    _attach_lenses(server)
    _attach_hints(server)
    _attach_symbols(server)


def _attach_hovers(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(given: types.HoverParams) -> types.Hover | None:
        return await newest(
            server, given.text_document.uri, lambda view: _hover(view, given.position), None
        )


async def _hover(view: View, position: types.Position) -> types.Hover | None:
    """What there is to say about a place now."""
    place = view.place(position)
    if place is None:
        return None
    line, column = place
    now = datetime.now(UTC)
    text = await view.ask(lambda: hovers.at(view.result, view.path, line, column, now))
    if text is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))


def _attach_lenses(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(given: types.CodeLensParams) -> list[types.CodeLens]:
        return await newest(server, given.text_document.uri, _lenses, [])


async def _lenses(view: View) -> list[types.CodeLens]:
    """Two lenses above each workflow: what it is, and its graph."""
    made = []
    for entry in await view.ask(lambda: outline.entries(view.result, view.path)):
        # One by one: newer text goes first.
        text = await view.ask(partial(outline.lens, view.result.program, entry))
        if text is not None:
            place = range_of_name(view.translator, view.path, entry.extent)
            asked = [view.uri, entry.declaration.name]
            for title in (text, "graph"):
                command = types.Command(title, OPEN_GRAPH, arguments=asked)
                made.append(types.CodeLens(place, command))
    return made


def _attach_hints(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hint(given: types.InlayHintParams) -> list[types.InlayHint]:
        return await newest(
            server, given.text_document.uri, lambda view: _hints(view, given.range), []
        )


async def _hints(view: View, wanted: types.Range) -> list[types.InlayHint]:
    """The numbers of the steps that are written in some lines."""
    result, path = view.result, view.path
    if path in result.broken:
        return []
    first, last = wanted.start.line + 1, wanted.end.line + 1
    workflows = await view.ask(lambda: numbering.workflows_in(result, path, first, last))
    known: dict[tuple[int, int], Hint] = {}
    for workflow in workflows:  # One by one: newer text goes first.
        for each in await view.ask(partial(numbering.hints, result, path, workflow)):
            place = (each.line, each.column)
            known[place] = each.joined(known[place]) if place in known else each
    return [
        types.InlayHint(
            position=view.translator.position(path, each.line, each.column),
            label=str(each.numbers),
            tooltip=f"recorded as step {each.numbers}: {', '.join(each.names)}",
            padding_right=True,
        )
        for _, each in sorted(known.items())
        if first <= each.line <= last
    ]


def _attach_symbols(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(given: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        return await newest(server, given.text_document.uri, _symbols, [])


async def _symbols(view: View) -> list[types.DocumentSymbol]:
    """The durable functions of a file."""
    entries = await view.ask(lambda: outline.entries(view.result, view.path))
    return [_symbol(view.translator, view.path, each) for each in entries]


def range_of_name(translator: Translator, path: str, extent: Extent) -> types.Range:
    """The range of a function's name."""
    return types.Range(
        translator.position(path, extent.line, extent.name_column),
        translator.position(path, extent.line, extent.name_column + len(extent.name)),
    )


def range_of(translator: Translator, path: str, extent: Extent) -> types.Range:
    """The range of a function, its decorators included."""
    return types.Range(
        translator.position(path, extent.first_line, 1),
        translator.position(path, extent.end_line, extent.end_column),
    )


def _symbol(translator: Translator, path: str, entry: Entry) -> types.DocumentSymbol:
    """A durable function, with the operations of a workflow below it."""
    children = []
    for name, line, column in entry.operations:
        place = translator.position(path, line, column)
        where = types.Range(place, place)
        if entry.extent.first_line <= line <= entry.extent.end_line:
            children.append(types.DocumentSymbol(name, types.SymbolKind.Event, where, where))
    return types.DocumentSymbol(
        name=entry.declaration.name or entry.extent.name,
        kind=KINDS[entry.declaration.kind],
        range=range_of(translator, path, entry.extent),
        selection_range=range_of_name(translator, path, entry.extent),
        detail=entry.declaration.kind,
        children=children,
    )
