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
from dbos_lint.server.adapter import Server
from dbos_lint.server.telling import KINDS, range_of, range_of_name
from dbos_lint.server.views import View, newest

_CALLED = re.compile(r"[\w.]*")

Asked = Callable[[Program, Spot], tuple[Call, ...]]
Found = tuple[types.CallHierarchyItem, list[types.Range]]


def attach(server: Server) -> None:
    """Register the three requests."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    async def prepare(given: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem]:
        return await newest(
            server, given.text_document.uri, lambda view: _prepared(view, given.position), []
        )

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


async def _prepared(view: View, position: types.Position) -> list[types.CallHierarchyItem]:
    """The function that is defined or called at a place."""
    place = view.place(position)
    if place is None:
        return []

    def item() -> types.CallHierarchyItem | None:
        spot = hierarchy.spot_at(view.result, view.path, *place)
        return None if spot is None else _item(view, spot)

    made = await view.ask(item)
    return [] if made is None else [made]


async def _found(
    server: Server, item: types.CallHierarchyItem, asked: Asked, end: Callable[[Call], Spot]
) -> list[Found]:
    """The calls of an item, each with its other end and its places."""
    match item.data:
        case {"uri": str(uri), "kind": str(kind), "name": str(name), "path": str(path)}:
            wanted = (kind, name, path)
        case _:
            return []
    return await newest(
        server, uri, lambda view: view.ask(lambda: _calls(view, wanted, asked, end)), []
    )


def _calls(
    view: View, wanted: tuple[str, str, str], asked: Asked, end: Callable[[Call], Spot]
) -> list[Found]:
    """The same on the worker, if the function is still there."""
    program = view.result.program
    known = hierarchy.spots(program)
    spot = next((each for each in known if (each.kind, each.name, each.path) == wanted), None)
    calls = () if spot is None else asked(program, spot)
    items = [(_item(view, end(call)), call) for call in calls]
    return [(made, _places(view, call)) for made, call in items if made is not None]


def _item(view: View, spot: Spot) -> types.CallHierarchyItem | None:
    """A function as an item; None while its file does not parse."""
    if spot.path in view.result.broken:
        return None
    lines = positions.lines_of(view.result.texts[spot.path])
    extent = outline.extent(spot.node, lines)
    return types.CallHierarchyItem(
        name=spot.name,
        kind=KINDS.get(spot.kind, types.SymbolKind.Function),
        uri=view.translator.uri(spot.path),
        range=range_of(view.translator, spot.path, extent),
        selection_range=range_of_name(view.translator, spot.path, extent),
        detail=f"{spot.kind} · {spot.path}",
        data={"uri": view.uri, "kind": spot.kind, "name": spot.name, "path": spot.path},
    )


def _places(view: View, call: Call) -> list[types.Range]:
    """Where a call stands in the text of its caller."""
    path, translator = call.caller.path, view.translator
    lines = positions.lines_of(view.result.texts.get(path, ""))
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
