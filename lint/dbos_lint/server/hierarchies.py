"""The call hierarchy of durable functions, in the words of the protocol.

In: requests about a place, or about an item that was answered before. Out: items and calls. Never
does: list plain helpers.
"""

from __future__ import annotations

import re

from lsprotocol import types

from dbos_build.analysis.declarations import Declaration
from dbos_build.reading.columns import character_column
from dbos_lint import hierarchy, hovers, outline, positions
from dbos_lint.hierarchy import Call
from dbos_lint.project import Result
from dbos_lint.server.adapter import Server
from dbos_lint.server.telling import KINDS, place_of, range_of, range_of_name
from dbos_lint.server.wire import Translator

_CALLED = re.compile(r"[\w.]*")


def attach(server: Server) -> None:
    """Register the three requests."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    async def prepare(given: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem]:
        uri = given.text_document.uri
        found = await server.found(uri)
        place = place_of(server, found, given.position)
        if found is None or place is None:
            return []
        result, path = found
        spot = await server.running.ask(lambda: hovers.declared_at(result, path, *place))
        return [] if spot is None else _items(server, result, uri, spot)

    @server.feature(types.CALL_HIERARCHY_INCOMING_CALLS)
    async def incoming(
        given: types.CallHierarchyIncomingCallsParams,
    ) -> list[types.CallHierarchyIncomingCall]:
        made = []
        for uri, result, spot in await _meant(server, given.item):
            asked = await server.running.ask(
                lambda: hierarchy.made_of(result.program, spot)  # noqa: B023
            )
            for call in asked:
                places = _places(server.translator(result), result, call)
                for item in _items(server, result, uri, call.caller):
                    made.append(types.CallHierarchyIncomingCall(item, places))
        return made

    @server.feature(types.CALL_HIERARCHY_OUTGOING_CALLS)
    async def outgoing(
        given: types.CallHierarchyOutgoingCallsParams,
    ) -> list[types.CallHierarchyOutgoingCall]:
        made = []
        for uri, result, spot in await _meant(server, given.item):
            asked = await server.running.ask(
                lambda: hierarchy.made_by(result.program, spot)  # noqa: B023
            )
            for call in asked:
                places = _places(server.translator(result), result, call)
                for item in _items(server, result, uri, call.callee):
                    made.append(types.CallHierarchyOutgoingCall(item, places))
        return made


async def _meant(
    server: Server, item: types.CallHierarchyItem
) -> list[tuple[str, Result, Declaration]]:
    """The durable function of an item, if it is still there, and the file that was asked about."""
    match item.data:
        case {"uri": str(uri), "kind": str(kind), "name": str(name), "path": str(path)}:
            found = await server.found(uri)
        case _:
            return []
    if found is None:
        return []
    known = hovers.durable(found[0].program)
    return [
        (uri, found[0], each)
        for each in known
        if (each.kind, each.name, each.path) == (kind, name, path)
    ][:1]


def _items(
    server: Server, result: Result, uri: str, declaration: Declaration
) -> list[types.CallHierarchyItem]:
    """A durable function as an item; nothing while its file does not parse."""
    translator, path = server.translator(result), declaration.path
    for entry in outline.entries(result, path):
        if (entry.declaration.line, entry.declaration.kind) == (declaration.line, declaration.kind):
            data = {"uri": uri, "kind": declaration.kind, "name": declaration.name, "path": path}
            return [
                types.CallHierarchyItem(
                    name=declaration.name,
                    kind=KINDS[declaration.kind],
                    uri=translator.uri(path),
                    range=range_of(translator, path, entry),
                    selection_range=range_of_name(translator, path, entry),
                    detail=f"{declaration.kind} · {path}",
                    data=data,
                )
            ]
    return []


def _places(translator: Translator, result: Result, call: Call) -> list[types.Range]:
    """Where a call stands in the text of its caller."""
    path = call.caller.path
    lines = positions.lines_of(result.texts.get(path, ""))
    found = []
    for line, column in call.places:
        text = lines[line - 1] if line <= len(lines) else ""
        start = character_column(text, column)
        named = _CALLED.match(text, start - 1)
        end = named.end() + 1 if named else start
        found.append(
            types.Range(
                translator.position(path, line, start), translator.position(path, line, end)
            )
        )
    return found
