from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType

import httpx
import websockets
from aiohttp import ClientSession
from dbos import DBOS


class Gateway:
    def __init__(self, http: httpx.AsyncClient | None = None) -> None:
        self._http = http or httpx.AsyncClient()

    async def __aenter__(self) -> Gateway:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()  # maybe: DBS202

    async def user(self, name: str) -> dict[str, str]:
        answer = await self._http.get(f"/users/{name}")  # flags: DBS202
        answer.raise_for_status()
        return answer.json()

    def request(self, name: str) -> httpx.Request:
        return httpx.Request("GET", httpx.URL("https://api.example").join(name))

    async def lines(self, name: str) -> AsyncIterator[str]:
        async with self._http.stream("GET", name) as answer:  # flags: DBS202
            async for line in answer.aiter_lines():  # maybe: DBS202 DBS201
                yield line


@DBOS.step()
async def user(name: str) -> dict[str, str]:
    async with Gateway() as gateway:
        return await gateway.user(name)


@DBOS.workflow()
async def greet(name: str) -> str:
    found = await user(name)
    return f"{found['name']} {Gateway().request(name).url}"


@DBOS.workflow()
async def greet_directly(name: str) -> str:
    async with Gateway() as gateway:
        found = await gateway.user(name)
    return found["name"]


@DBOS.workflow()
async def follow(name: str) -> int:
    return sum([len(line) async for line in Gateway().lines(name)])


@DBOS.workflow()
async def listen(url: str) -> str:
    async with websockets.connect(url) as socket:  # flags: DBS201
        return str(await socket.recv())  # flags: DBS202


@DBOS.workflow()
async def shout(session: ClientSession, text: str) -> int:  # maybe: DBS851
    answer = await session.post("https://api.example", data=text)  # flags: DBS202
    return answer.status
