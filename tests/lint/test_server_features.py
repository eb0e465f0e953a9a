"""What editors offer beyond findings, asked for by a real client: extraction, graphs, hints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from support.editor import (
    HELPERS,
    ORDERS,
    WAIT_SECONDS,
    actions,
    carried_out,
    hover,
    open_file,
    place,
    pull,
    replace_all,
    selected,
    start,
)

SHIPPING = '''"""Shipping, with names that take two units: 🎉."""
from dbos import DBOS, Queue

queue = Queue("parcels")


@DBOS.step(retries_allowed=True, max_attempts=6, interval_seconds=0.5)
def pack(order: str) -> str:
    return order


@DBOS.step()
def post(parcel: str) -> str:
    return parcel


def send(parcel: str) -> str:
    return post(parcel)


@DBOS.workflow()
def label(parcel: str) -> str:
    DBOS.set_event("printed", True)
    return parcel


@DBOS.workflow()
def ship(order: str) -> str:
    mark = "🎉"; parcel = pack(order)
    paid = DBOS.recv("payment", timeout_seconds=60)
    if paid:
        pack(parcel)
    DBOS.start_workflow(label, parcel)
    words = [each.title() for each in order.split()]; text = mark + " ".join(words)
    return send(text)


@DBOS.scheduled("*/15 9-17 * * mon-fri")
@DBOS.workflow()
def nightly(scheduled: object, actual: object) -> None:
    queue.enqueue(ship, "x")
'''
EXTRACT = "refactor.extract"
Answer = TypeVar("Answer")


@pytest.fixture
def shipping(shop: Path) -> Path:
    """The project with another module, which has no findings."""
    path = shop / "shipping.py"
    path.write_text(SHIPPING, encoding="utf-8")
    return path


def document(path: Path) -> types.TextDocumentIdentifier:
    """How a request names a file."""
    return types.TextDocumentIdentifier(path.as_uri())


async def answered(asked: Awaitable[Answer]) -> Answer:
    """The answer to a request, within a limit."""
    return await asyncio.wait_for(asked, WAIT_SECONDS)


@pytest.mark.asyncio
async def test_a_selection_becomes_a_step_that_is_clean(
    client: LanguageClient, shipping: Path
) -> None:
    await start(client, shipping.parent, pulls=True, resolves=True)
    open_file(client, shipping)
    part = "[each.title() for each in order.split()]"
    (offer,) = await actions(client, shipping, EXTRACT, selection=selected(SHIPPING, part))
    assert offer.title == "Extract the selection to a step"
    assert offer.edit is None, "it is worked out when it is asked for"
    made = await answered(client.code_action_resolve_async(offer))
    text = carried_out(made, SHIPPING)
    assert "words = read_value(order); text =" in text
    replace_all(client, shipping, text)
    assert await pull(client, shipping) == []


@pytest.mark.asyncio
async def test_an_editor_that_cannot_ask_later_gets_the_edit_at_once(
    client: LanguageClient, shipping: Path
) -> None:
    await start(client, shipping.parent, pulls=True, encoding="utf-8")
    open_file(client, shipping)
    line = SHIPPING[: SHIPPING.index("words = [")].count("\n")
    whole = types.Range(types.Position(line, 0), types.Position(line + 1, 0))
    (offer,) = await actions(client, shipping, EXTRACT, selection=whole)
    text = carried_out(offer, SHIPPING)
    assert "    text = find_text(order, mark)\n    return send(text)" in text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("pack(parcel)", "`pack` is durable, or calls what is"),
        ("send(text)", "`send` is durable, or calls what is"),
        ("True)\n    return par", "neither one expression nor whole statements"),
        ('mark = "🎉"; parcel', "neither one expression nor whole statements"),
    ],
)
async def test_what_cannot_be_a_step_says_why(
    client: LanguageClient, shipping: Path, part: str, reason: str
) -> None:
    await start(client, shipping.parent, pulls=True, resolves=True)
    open_file(client, shipping)
    (offer,) = await actions(client, shipping, EXTRACT, selection=selected(SHIPPING, part))
    made = await answered(client.code_action_resolve_async(offer))
    assert made.edit is None
    assert reason in client.messages[-1].message


@pytest.mark.asyncio
async def test_nothing_is_extracted_where_no_workflow_runs(
    client: LanguageClient, shipping: Path
) -> None:
    await start(client, shipping.parent, pulls=True, resolves=True)
    open_file(client, shipping)
    queue = selected(SHIPPING, 'Queue("parcels")')
    assert await actions(client, shipping, EXTRACT, selection=queue) == []
    nothing = types.Range(queue.start, queue.start)
    assert await actions(client, shipping, EXTRACT, selection=nothing) == []


@pytest.mark.asyncio
async def test_a_selection_of_an_older_text_is_not_extracted(
    client: LanguageClient, shipping: Path
) -> None:
    await start(client, shipping.parent, pulls=True, resolves=True)
    open_file(client, shipping)
    (offer,) = await actions(
        client, shipping, EXTRACT, selection=selected(SHIPPING, "order.split()")
    )
    replace_all(client, shipping, "\n" + SHIPPING)
    assert (await answered(client.code_action_resolve_async(offer))).edit is None


@pytest.mark.asyncio
async def test_hovers_tell_when_a_schedule_is_due_and_how_a_step_is_retried(
    client: LanguageClient, shipping: Path
) -> None:
    await start(client, shipping.parent, pulls=True)
    open_file(client, shipping)

    async def over(part: str) -> str:
        where = place(SHIPPING, SHIPPING.index(part) + 1)
        return await hover(client, shipping, where.line, where.character) or ""

    words = (
        "schedule `*/15 9-17 * * mon-fri`: every 15 minutes of hours 9 to 17 on Monday to Friday"
    )
    for told in (await over("*/15 9-17"), await over("nightly(")):
        assert words in told
        assert told.count(", in ") == 3, "three times to come"
    assert "tried up to 6 times, 0.5, 1, 2, 4, … seconds apart" in await over("pack(order)")
    assert "not retried" in await over("post(parcel: ")
    open_file(client, shipping.parent / "orders.py")
    told = await hover(client, shipping.parent / "orders.py", 14, 5) or ""
    assert "- reads a clock: `price()` (orders.py:17) → `time.time` (prices.py:6)" in told


@pytest.mark.asyncio
async def test_hints_number_the_steps_as_the_runtime_does(
    client: LanguageClient, shipping: Path
) -> None:
    await start(client, shipping.parent, pulls=True)
    open_file(client, shipping)
    whole = types.Range(types.Position(0, 0), types.Position(SHIPPING.count("\n"), 0))
    given = types.InlayHintParams(document(shipping), whole)
    hints = await answered(client.text_document_inlay_hint_async(given)) or ()
    told = {
        SHIPPING.split("\n")[each.position.line].strip(): (each.label, each.position.character)
        for each in hints
    }
    assert told == {
        'mark = "🎉"; parcel = pack(order)': ("#1", 26),
        'paid = DBOS.recv("payment", timeout_seconds=60)': ("#2", 11),
        "pack(parcel)": ("#4", 8),
        "DBOS.start_workflow(label, parcel)": ("#4–5", 4),
        "return post(parcel)": ("#5–6", 11),
        'DBOS.set_event("printed", True)': ("#1", 4),
        'queue.enqueue(ship, "x")': ("#1", 4),
    }
    upper = types.Range(types.Position(0, 0), types.Position(20, 0))
    few = await answered(
        client.text_document_inlay_hint_async(types.InlayHintParams(document(shipping), upper))
    )
    assert [each.label for each in few or ()] == ["#5–6"]


@pytest.mark.asyncio
async def test_the_call_hierarchy_leads_from_workflows_to_steps_and_back(
    client: LanguageClient, shipping: Path
) -> None:
    await start(client, shipping.parent, pulls=True)
    open_file(client, shipping)
    where = place(SHIPPING, SHIPPING.index("def ship(") + 5)
    given = types.CallHierarchyPrepareParams(document(shipping), where)
    (item,) = await answered(client.text_document_prepare_call_hierarchy_async(given)) or ()
    assert (item.name, item.detail) == ("ship", "workflow · shipping.py")
    asked = types.CallHierarchyOutgoingCallsParams(item)
    calls = await answered(client.call_hierarchy_outgoing_calls_async(asked)) or ()
    lines = SHIPPING.split("\n")
    told = {
        each.to.name: [
            lines[one.start.line]
            .encode("utf-16-le")[2 * one.start.character : 2 * one.end.character]
            .decode("utf-16-le")
            for one in each.from_ranges
        ]
        for each in calls
    }
    assert told == {"pack": ["pack", "pack"], "label": ["DBOS.start_workflow"], "send": ["send"]}
    (send,) = (each.to for each in calls if each.to.name == "send")
    assert send.detail == "function · shipping.py"
    further = types.CallHierarchyOutgoingCallsParams(send)
    (call,) = await answered(client.call_hierarchy_outgoing_calls_async(further)) or ()
    post = call.to
    assert (post.name, post.detail) == ("post", "step · shipping.py")
    ways = []
    for item in (post, send, call.to):
        back = types.CallHierarchyIncomingCallsParams(item)
        (incoming,) = await answered(client.call_hierarchy_incoming_calls_async(back)) or ()
        ways.append(incoming.from_.name)
    assert ways == ["send", "ship", "send"]
    for part in ("def send(", "return send("):
        where = place(SHIPPING, SHIPPING.index(part) + part.index("send") + 1)
        given = types.CallHierarchyPrepareParams(document(shipping), where)
        (found,) = await answered(client.text_document_prepare_call_hierarchy_async(given)) or ()
        assert (found.name, found.range) == (send.name, send.range)
    nobody = types.CallHierarchyIncomingCallsParams(
        types.CallHierarchyItem(
            "x", types.SymbolKind.Method, "file:///x.py", post.range, post.range, data={"name": 1}
        )
    )
    assert not await answered(client.call_hierarchy_incoming_calls_async(nobody))


@pytest.mark.asyncio
async def test_a_lens_opens_the_graph(client: LanguageClient, shipping: Path) -> None:
    shows = types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(True))
    await start(client, shipping.parent, pulls=True, window=shows)
    open_file(client, shipping)
    asked = client.text_document_code_lens_async(types.CodeLensParams(document(shipping)))
    lenses = [each.command for each in await answered(asked) or ()]
    titles = [each.title for each in lenses if each is not None]
    assert [each.partition(" · ")[2] for each in titles[0::2]] == [
        "1 durable operation",
        "5 durable operations",
        "1 durable operation",
    ]
    assert set(titles[1::2]) == {"graph"}
    assert lenses[3] is not None
    command = types.ExecuteCommandParams(lenses[3].command, lenses[3].arguments)
    uri = await answered(client.workspace_execute_command_async(command))
    assert [each.uri for each in client.shown_documents] == [uri]
    picture = Path(str(uri).removeprefix("file://")).read_text(encoding="utf-8")
    assert "<svg" in picture
    assert f"{shipping.as_uri()}#L29" in picture, "nodes lead to their lines"
    text = types.ExecuteCommandParams("dbos-build.graph", [shipping.as_uri(), "ship"])
    assert await answered(client.workspace_execute_command_async(text)) == picture
    nobody = types.ExecuteCommandParams("dbos-build.openGraph", [shipping.as_uri(), "gone"])
    assert await answered(client.workspace_execute_command_async(nobody)) is None


@pytest.mark.asyncio
async def test_the_outline_lists_what_is_durable(client: LanguageClient, shop: Path) -> None:
    await start(client, shop, pulls=True)
    path = shop / "orders.py"
    open_file(client, path)
    listed = client.text_document_document_symbol_async(types.DocumentSymbolParams(document(path)))
    symbols = await answered(listed) or ()
    told = [(each.name, each.detail) for each in symbols if isinstance(each, types.DocumentSymbol)]
    assert told == [("charge", "step"), ("order", "workflow")]
    assert isinstance(symbols[1], types.DocumentSymbol)
    assert [each.name for each in symbols[1].children or ()] == ["step charge"]


COMPLETIONS = {
    "a code to silence": ("x = 1  # dbos: ignore[", "DBS001"),
    "a code for all tools": ("x = 1  # noqa: ", "DBS101"),
    "a queue by keyword": ("DBOS.enqueue(queue_name='", "parcels"),
    "a queue of the client": ('client.enqueue({"queue_name": "', "parcels"),
    "a queue to look up": ('DBOS.retrieve_queue("', "parcels"),
    "an event key": ('DBOS.get_event(load(1, "a"), "', "printed"),
    "an event key by keyword": ('await DBOS.get_event_async(\n    "id", key="', "printed"),
    "a topic": ('DBOS.send("id", {"🎉": [1, 2]}, "', "payment"),
    "a topic with its start": ('DBOS.recv("pay', "payment"),
    "no topic": ('DBOS.send("', None),
    "no call": ('x = "', None),
    "no string": ("DBOS.recv(", None),
}


@pytest.mark.asyncio
async def test_names_that_exist_are_completed(client: LanguageClient, shipping: Path) -> None:
    await start(client, shipping.parent, pulls=True)
    open_file(client, shipping)
    await pull(client, shipping)
    for number, (text, expected) in enumerate(COMPLETIONS.values()):
        whole = f"{SHIPPING}\n{text}"
        replace_all(client, shipping, whole, version=number + 2)
        where = types.CompletionParams(document(shipping), place(whole, len(whole)))
        items = await answered(client.text_document_completion_async(where))
        assert isinstance(items, list)
        labels = [each.label for each in items]
        assert (expected in labels) if expected else not labels, text


@pytest.mark.asyncio
async def test_settings_of_the_editor_go_before_the_files(
    client: LanguageClient, shop: Path
) -> None:
    await start(client, shop, pulls=True, options={"ignore": ["DBS001"], "trace": "off"})
    path = shop / "prices.py"
    open_file(client, path)
    assert await pull(client, path) == []

    def change(settings: object) -> None:
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))

    change({"dbos-build": {"ignore": None, "select": ["DBS001"]}})
    assert await pull(client, path) == [], "null sets nothing"
    change({"dbos-build": {"ignore": []}})
    assert [each.code for each in await pull(client, path)] == ["DBS001"]
    change({"dbos-build": {"ignored": []}})
    assert [each.code for each in await pull(client, path)] == ["DBS001"]
    message = client.messages[-1].message
    assert "the editor's settings: unknown key 'ignored'" in message
    assert "did you mean 'ignore'?" in message
    assert [each.code for each in await pull(client, path)] == ["DBS001"]
    change([1, "nonsense"])
    assert [each.code for each in await pull(client, path)] == ["DBS001"]


@pytest.mark.asyncio
async def test_an_editor_is_asked_for_its_settings(client: LanguageClient, shop: Path) -> None:
    client.set_configuration({"ignore": ["DBS001"]}, section="dbos-build")
    can = types.WorkspaceClientCapabilities(configuration=True)
    await start(client, shop, pulls=True, workspace=can)
    path = shop / "prices.py"
    open_file(client, path)
    while await pull(client, path):
        pass  # The answer is on its way, and each pull waits for what has arrived.
    client.set_configuration({}, section="dbos-build")
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    while not await pull(client, path):
        pass


@pytest.mark.asyncio
async def test_lenses_are_asked_for_anew_when_another_file_changed(
    client: LanguageClient, shop: Path
) -> None:
    can = types.WorkspaceClientCapabilities(
        code_lens=types.CodeLensWorkspaceClientCapabilities(True),
        inlay_hint=types.InlayHintWorkspaceClientCapabilities(True),
    )
    told = asyncio.Event()

    @client.feature(types.WORKSPACE_CODE_LENS_REFRESH)  # type: ignore[untyped-decorator]
    def lenses(_: None) -> None:
        """The other request; each has its own."""

    @client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)  # type: ignore[untyped-decorator]
    def hints(_: None) -> None:
        told.set()

    await start(client, shop, pulls=True, workspace=can)
    open_file(client, shop / "prices.py")
    await pull(client, shop / "prices.py")
    assert not told.is_set(), "nothing was shown before"
    replace_all(client, shop / "prices.py", HELPERS.replace("return", "return 2 *"))
    await answered(told.wait())
    open_file(client, shop / "orders.py", ORDERS)


@pytest.mark.asyncio
async def test_every_request_is_answered_for_half_typed_code(
    client: LanguageClient, shipping: Path
) -> None:
    await start(client, shipping.parent, pulls=True)
    open_file(client, shipping)
    file = document(shipping)
    for version, end in enumerate(range(0, len(SHIPPING), 97), start=2):
        text = SHIPPING[:end]
        replace_all(client, shipping, text, version=version)
        here, far = place(text, end), types.Position(10_000, 10_000)
        whole = types.Range(types.Position(0, 0), far)
        for where in (here, far):
            await hover(client, shipping, where.line, where.character)
            given = types.CallHierarchyPrepareParams(file, where)
            await answered(client.text_document_prepare_call_hierarchy_async(given))
            wanted = types.CompletionParams(file, where)
            await answered(client.text_document_completion_async(wanted))
        await answered(client.text_document_code_lens_async(types.CodeLensParams(file)))
        await answered(client.text_document_inlay_hint_async(types.InlayHintParams(file, whole)))
        symbols = types.DocumentSymbolParams(file)
        await answered(client.text_document_document_symbol_async(symbols))
        await actions(client, shipping, EXTRACT, selection=whole)
