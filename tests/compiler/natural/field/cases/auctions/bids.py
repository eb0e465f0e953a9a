import asyncio
from collections import defaultdict
from datetime import datetime, timezone

from dbos import DBOS, WorkflowHandleAsync

LEADERS: dict[str, int] = defaultdict(int)


@DBOS.step()
async def announce(item: str, bid: int) -> None:
    print(item, bid)


@DBOS.workflow()
async def auction(item: str) -> int:
    end = datetime.now(tz=timezone.utc)  # flags: DBS001
    best = 0
    while (bid := await DBOS.recv_async("bid", timeout_seconds=30)) is not None:
        if bid > best:
            best = bid
            LEADERS[item] = bid  # flags: DBS602
            await announce(item, bid)
    await DBOS.set_event_async("winner", {"bid": best, "end": end.isoformat()})
    return best


@DBOS.workflow()
async def evening(items: list[str]) -> list[int]:
    handles: list[WorkflowHandleAsync[int]] = []
    for item in items:
        handles.append(await DBOS.start_workflow_async(auction, item))
    return [await handle.get_result() for handle in handles]


@DBOS.workflow()
async def forgotten(item: str) -> None:
    DBOS.start_workflow_async(auction, item)  # flags: DBS406
    await asyncio.sleep(0)
    await asyncio.sleep(1)  # flags: DBS003


async def leader(item: str) -> int:
    return LEADERS[item]
