from __future__ import annotations

from typing import Any

from dbos import DBOS, Queue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from db import members

renewals = Queue("renewals", limiter={"limit": 10, "period": 60})


@DBOS.step()
async def load_member(key: int) -> dict[str, Any] | None:
    return await members.get(key)


@DBOS.step()
async def charge(name: str, cents: int) -> bool:
    return cents > 0 and bool(name)


def fee(member: dict[str, Any]) -> int:
    match member:
        case {"name": str(), "plan": "gold"}:
            return 9000
        case {"plan": "silver", **rest} if len(rest) > 2:
            return 4500
        case _:
            return 1000


@DBOS.workflow()
async def renew(key: int) -> str:
    member = await load_member(key)
    if member is None:
        return "unknown"
    sql = members.select("id = $1")
    paid = await charge(member["name"], fee(member))
    if paid:
        await members.touch(key)
    return f"{sql}: {paid}"


@DBOS.workflow()
async def renew_all() -> int:
    count = 0
    for member in await members.all():
        await renewals.enqueue_async(renew, member["id"])
        count += 1
    return count


async def start(request: Request) -> JSONResponse:
    handle = await DBOS.start_workflow_async(renew, int(request.path_params["key"]))
    return JSONResponse({"id": handle.workflow_id, "all": len(await members.all())})


app = Starlette(routes=[Route("/renew/{key:int}", start, methods=["POST"])])
