"""Completion, in the words of the protocol.

In: requests about a place in a file. Out: names that exist. Never does: complete Python.
"""

from __future__ import annotations

from lsprotocol import types

from dbos_lint import positions, suggestions
from dbos_lint.server import wire
from dbos_lint.server.adapter import Server
from dbos_lint.server.views import View, newest


def attach(server: Server) -> None:
    """Register the request."""
    options = types.CompletionOptions(trigger_characters=["[", '"', "'"])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def completion(given: types.CompletionParams) -> list[types.CompletionItem]:
        return await newest(
            server, given.text_document.uri, lambda view: _completed(view, given.position), []
        )


async def _completed(view: View, position: types.Position) -> list[types.CompletionItem]:
    """The names that make sense at a place."""
    text, encoding = view.result.texts[view.path], view.server.running.documents.encoding
    offset = positions.offset_at(text, wire.position(position), encoding)
    known = await view.ask(lambda: list(suggestions.at(view.result, text, offset)))
    kind = types.CompletionItemKind.Value
    return [types.CompletionItem(each.text, detail=each.detail, kind=kind) for each in known]
