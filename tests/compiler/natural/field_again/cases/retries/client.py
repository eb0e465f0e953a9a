from __future__ import annotations

import httpx
from tenacity import retry, stop_after_attempt, wait_exponential


class Api:
    def __init__(self, base: str) -> None:
        self.http = httpx.AsyncClient(base_url=base)

    @retry(stop=stop_after_attempt(3), wait=wait_exponential())
    async def get(self, path: str) -> dict:
        response = await self.http.get(path)  # flags: DBS202
        response.raise_for_status()
        return response.json()

    async def __aenter__(self) -> Api:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.http.aclose()
