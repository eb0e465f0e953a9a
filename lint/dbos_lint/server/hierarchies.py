"""The call hierarchy of durable functions and what leads to them, in the words of the protocol.

In: requests about a place, or about an item that was answered before. Out: items and calls. Never
does: answer about a text that has no function of that name any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lsprotocol import types

from dbos_build.analysis.program import Program
from dbos_build.reading.columns import character_column
from dbos_lint import hierarchy, outline, positions
from dbos_lint.hierarchy import Call, Spot
from dbos_lint.project import Result
from dbos_lint.server.adapter import Server
from dbos_lint.server.telling import KINDS, place_of, range_of, range_of_name
from dbos_lint.server.wire import Translator

_CALLED = re.compile(r"[\w.]*")

Asked = Callable[[Program, Spot], tuple[Call, ...]]
Found = tuple[types.CallHierarchyItem, list[types.Range]]


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
        spot = await server.running.ask(lambda: hierarchy.spot_at(result, path, *place))
        item = None if spot is None else _item(server, result, uri, spot)
        return [] if item is None else [item]

    @server.feature(types.CALL_HIERARCHY_INCOMING_CALLS)
    async def incoming(
        given: types.CallHierarchyIncomingCallsParams,
    ) -> list[types.CallHierarchyIncomingCall]:
        found = await _found(server, given.item, hierarchy.made_of, lambda call: call.caller)
        return [types.CallHierarchyIncomingCall(item, places) for item, places in found]

    @server.feature(types.CALL_HIERARCHY_OUTGOING_CALLS)
    async def outgoing(
        given: types.CallHierarchyOutgoingCallsParams,
    ) -> list[types.CallHierarchyOutgoingCall]:
        found = await _found(server, given.item, hierarchy.made_by, lambda call: call.callee)
        return [types.CallHierarchyOutgoingCall(item, places) for item, places in found]


async def _found(
    server: Server, item: types.CallHierarchyItem, asked: Asked, end: Callable[[Call], Spot]
) -> list[Found]:
    """The calls of an item, each with its other end and its places."""
    meant = await _meant(server, item)
    if meant is None:
        return []
    uri, result, spot = meant
    calls = await server.running.ask(lambda: asked(result.program, spot))
    translator = server.translator(result)
    items = [(_item(server, result, uri, end(call)), call) for call in calls]
    return [(made, _places(translator, result, call)) for made, call in items if made is not None]


async def _meant(server: Server, item: types.CallHierarchyItem) -> tuple[str, Result, Spot] | None:
    """The function of an item, if it is still there, and the file that was asked about."""
    match item.data:
        case {"uri": str(uri), "kind": str(kind), "name": str(name), "path": str(path)}:
            found = await server.found(uri)
        case _:
            return None
    if found is None:
        return None
    result = found[0]
    known = await server.running.ask(lambda: hierarchy.spots(result.program))
    meant = (each for each in known if (each.kind, each.name, each.path) == (kind, name, path))
    return next(((uri, result, each) for each in meant), None)


def _item(server: Server, result: Result, uri: str, spot: Spot) -> types.CallHierarchyItem | None:
    """A function as an item; None while its file does not parse."""
    if spot.path in result.broken:
        return None
    translator = server.translator(result)
    lines = positions.lines_of(result.texts[spot.path])
    extent = outline.extent(spot.node, lines)
    return types.CallHierarchyItem(
        name=spot.name,
        kind=KINDS.get(spot.kind, types.SymbolKind.Function),
        uri=translator.uri(spot.path),
        range=range_of(translator, spot.path, extent),
        selection_range=range_of_name(translator, spot.path, extent),
        detail=f"{spot.kind} · {spot.path}",
        data={"uri": uri, "kind": spot.kind, "name": spot.name, "path": spot.path},
    )


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
