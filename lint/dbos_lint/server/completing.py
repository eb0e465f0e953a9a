"""Completion, in the words of the protocol.

In: requests about a place in a file. Out: names that exist. Never does: complete Python.
"""

from __future__ import annotations

from lsprotocol import types

from dbos_lint import positions, suggestions
from dbos_lint.server import wire
from dbos_lint.server.adapter import Server


def attach(server: Server) -> None:
    """Register the request."""
    options = types.CompletionOptions(trigger_characters=["[", '"', "'"])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def completion(given: types.CompletionParams) -> list[types.CompletionItem]:
        found = await server.found(given.text_document.uri)
        if found is None:
            return []
        result, path = found
        text, encoding = result.texts[path], server.running.documents.encoding
        offset = positions.offset_at(text, wire.position(given.position), encoding)
        known = await server.running.ask(lambda: list(suggestions.at(result, text, offset)))
        return [
            types.CompletionItem(each.text, detail=each.detail, kind=types.CompletionItemKind.Value)
            for each in known
        ]
