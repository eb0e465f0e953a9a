from __future__ import annotations

import asyncio
import secrets
from contextvars import ContextVar

from dbos import DBOS, SetWorkflowTimeout

from db import UserRepository, connection, get_pool

request_id: ContextVar[str] = ContextVar("request_id", default="-")


@DBOS.step()
async def create_user(email: str) -> int:
    return await UserRepository(await get_pool()).create(email)


@DBOS.step()
async def send_welcome(email: str, token: str) -> None:
    DBOS.logger.info("welcome %s", email)


async def exists(email: str) -> bool:
    users = UserRepository(await get_pool())
    return await users.by_email(email) is not None


async def mark(user_id: int, state: str) -> None:
    async with connection() as conn:
        await conn.execute("UPDATE users SET state = $1 WHERE id = $2", state, user_id)  # flags: DBS205


@DBOS.workflow()
async def onboard(email: str) -> int:
    if await exists(email):
        return -1
    user_id = await create_user(email)
    token = secrets.token_urlsafe(16)  # flags: DBS103
    await send_welcome(email, token)
    answer = await DBOS.recv_async("verified", timeout_seconds=86400)
    await mark(user_id, "verified" if answer else "expired")
    DBOS.logger.info("done for request %s", request_id.get())  # flags: DBS607
    return user_id


@DBOS.workflow()
async def onboard_many(emails: list[str]) -> list[int]:
    handles = []
    for email in emails:
        with SetWorkflowTimeout(3600):
            handles.append(await DBOS.start_workflow_async(onboard, email))
    return [await handle.get_result() for handle in handles]


@DBOS.workflow()
async def with_deadline(email: str) -> int:
    try:
        async with asyncio.timeout(30):  # flags: DBS004
            return await create_user(email)
    except TimeoutError:  # maybe: DBS706
        return 0
