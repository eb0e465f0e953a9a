"""What an editor shows of durable functions: on hover, above them, beside calls, in the outline.

In: requests about one file. Out: Markdown, lenses, hints and symbols. Never does: analysis, or
answer about a file that no project holds.
"""

from __future__ import annotations

from datetime import UTC, datetime

from lsprotocol import types

from dbos_lint import hovers, numbering, outline, positions
from dbos_lint.numbering import Hint
from dbos_lint.outline import Entry, Extent
from dbos_lint.project import Result
from dbos_lint.server.adapter import Server
from dbos_lint.server.drawing import OPEN_GRAPH
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
        found = await server.found(given.text_document.uri)
        place = place_of(server, found, given.position)
        if found is None or place is None:
            return None
        (result, path), (line, column) = found, place
        now = datetime.now(UTC)
        text = await server.running.ask(lambda: hovers.at(result, path, line, column, now))
        if text is None:
            return None
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))


def place_of(
    server: Server, found: tuple[Result, str] | None, position: types.Position
) -> tuple[int, int] | None:
    """Line and column from 1, in characters; None where the program does not speak of the text."""
    if found is None or found[1] in found[0].broken:
        return None
    lines = positions.lines_of(found[0].texts[found[1]])
    if not 0 <= position.line < len(lines):
        return None
    encoding = server.running.documents.encoding
    column = positions.to_characters(lines[position.line], position.character, encoding)
    return position.line + 1, column + 1


def _attach_lenses(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(given: types.CodeLensParams) -> list[types.CodeLens]:
        uri = given.text_document.uri
        found = await server.found(uri)
        if found is None:
            return []
        result, path = found
        entries = await server.running.ask(lambda: outline.entries(result, path))
        translator = server.translator(result)
        made = []
        for entry in entries:  # One by one: newer text goes first.
            text = await server.running.ask(
                lambda: outline.lens(result.program, entry)  # noqa: B023
            )
            if text is not None:
                place = range_of_name(translator, path, entry.extent)
                asked = [uri, entry.declaration.name]
                made.append(types.CodeLens(place, types.Command(text, OPEN_GRAPH, arguments=asked)))
                made.append(
                    types.CodeLens(place, types.Command("graph", OPEN_GRAPH, arguments=asked))
                )
        return made


def _attach_hints(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hint(given: types.InlayHintParams) -> list[types.InlayHint]:
        found = await server.found(given.text_document.uri)
        if found is None or found[1] in found[0].broken:
            return []
        result, path = found
        first, last = given.range.start.line + 1, given.range.end.line + 1
        wanted = await server.running.ask(lambda: numbering.workflows_in(result, path, first, last))
        known: dict[tuple[int, int], Hint] = {}
        for workflow in wanted:  # One by one: newer text goes first.
            for each in await server.running.ask(
                lambda: numbering.hints(result, path, workflow)  # noqa: B023
            ):
                place = (each.line, each.column)
                known[place] = each.joined(known[place]) if place in known else each
        translator = server.translator(result)
        return [
            types.InlayHint(
                position=translator.position(path, each.line, each.column),
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
        found = await server.found(given.text_document.uri)
        if found is None:
            return []
        result, path = found
        entries = await server.running.ask(lambda: outline.entries(result, path))
        translator = server.translator(result)
        return [_symbol(translator, path, each) for each in entries]


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
