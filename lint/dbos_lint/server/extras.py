"""Lenses, outline and completion, in the words of the protocol.

In: the server. Out: answers to requests about one file. Never does: analysis, or answer about a
file that no project holds.
"""

from __future__ import annotations

from lsprotocol import types

from dbos_lint import outline, positions, suggestions
from dbos_lint.outline import Entry
from dbos_lint.server.adapter import Server
from dbos_lint.server.wire import Translator

_KINDS = {
    "workflow": types.SymbolKind.Function,
    "step": types.SymbolKind.Method,
    "transaction": types.SymbolKind.Method,
}
SHOW = "dbos-build.showVersion"
"""The command behind a lens; it does nothing, as a lens must have one to be shown."""


def attach(server: Server) -> Server:
    """Register what goes beyond findings."""

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(given: types.CodeLensParams) -> list[types.CodeLens]:
        found = await server.found(given.text_document.uri)
        if found is None:
            return []
        result, path = found
        shown = await server.running.ask(
            lambda: [
                (each, outline.lens(result.program, each)) for each in outline.entries(result, path)
            ]
        )
        translator = server.translator(result)
        return [
            types.CodeLens(_name(translator, path, entry), types.Command(text, SHOW))
            for entry, text in shown
            if text is not None
        ]

    @server.command(SHOW)
    def show() -> None:
        return None

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(given: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        found = await server.found(given.text_document.uri)
        if found is None:
            return []
        result, path = found
        entries = await server.running.ask(lambda: outline.entries(result, path))
        translator = server.translator(result)
        return [_symbol(translator, path, each) for each in entries]

    options = types.CompletionOptions(trigger_characters=["[", '"', "'"])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def completion(given: types.CompletionParams) -> list[types.CompletionItem]:
        found = await server.found(given.text_document.uri)
        if found is None:
            return []
        result, path = found
        lines = positions.lines_of(result.texts[path])
        if given.position.line >= len(lines):
            return []
        line, encoding = lines[given.position.line], server.running.documents.encoding
        before = line[: positions.to_characters(line, given.position.character, encoding)]
        return [
            types.CompletionItem(each.text, detail=each.detail, kind=types.CompletionItemKind.Value)
            for each in suggestions.at(result, before)
        ]

    return server


def _name(translator: Translator, path: str, entry: Entry) -> types.Range:
    """The range of a function's name."""
    line, column = entry.declaration.line, entry.name_column
    return types.Range(
        translator.position(path, line, column),
        translator.position(path, line, column + len(entry.name)),
    )


def _symbol(translator: Translator, path: str, entry: Entry) -> types.DocumentSymbol:
    """A durable function, with the operations of a workflow below it."""
    whole = types.Range(
        translator.position(path, entry.first_line, 1),
        translator.position(path, entry.end_line, entry.end_column),
    )
    children = []
    for name, line, column in entry.operations:
        place = translator.position(path, line, column)
        where = types.Range(place, place)
        if entry.first_line <= line <= entry.end_line:
            children.append(types.DocumentSymbol(name, types.SymbolKind.Event, where, where))
    return types.DocumentSymbol(
        name=entry.declaration.name or entry.name,
        kind=_KINDS[entry.declaration.kind],
        range=whole,
        selection_range=_name(translator, path, entry),
        detail=entry.declaration.kind,
        children=children,
    )
