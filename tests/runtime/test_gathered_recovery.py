"""Operations of several parts, gathered: recovery finds each part where it was recorded."""

from __future__ import annotations

import asyncio
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos.messages import SendMessage
from support.behaviour import SystemTables


def test_gathered_children_and_messages_are_found_again_by_recovery(config: DBOSConfig) -> None:
    ran: list[int] = []
    url = str(config["system_database_url"])

    @DBOS.workflow()
    async def child(number: int) -> int:
        ran.append(number)
        return number

    @DBOS.workflow()
    async def parent() -> list[Any]:
        own = DBOS.workflow_id or ""
        return list(
            await asyncio.gather(
                child(1),
                DBOS.send_bulk_async([SendMessage(destination_id=own, message=n) for n in (1, 2)]),
                child(2),
            )
        )

    async def run() -> list[Any]:
        with SetWorkflowID("p"):
            return await parent()

    DBOS(config=config)
    DBOS.launch()
    assert asyncio.run(run()) == [1, None, 2]
    DBOS.destroy()
    SystemTables(url).force_status("p", "PENDING")
    DBOS(config=config)
    DBOS.launch()
    assert DBOS.retrieve_workflow("p").get_result() == [1, None, 2]
    assert sorted(ran) == [1, 2]
