from __future__ import annotations

from fastapi import APIRouter

from ....jobs import flows
from ....jobs.flows import fulfil

router = APIRouter(prefix="/orders")


@router.post("/{number}")
async def create(number: str) -> dict[str, str]:
    handle = await flows.DBOS.start_workflow_async(fulfil, number)
    return {"id": handle.workflow_id}
