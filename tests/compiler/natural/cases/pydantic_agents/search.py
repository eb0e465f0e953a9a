from __future__ import annotations

import os

import aiohttp


async def web_search(query: str, limit: int = 5) -> list[str]:
    headers = {"Authorization": os.environ["SEARCH_KEY"]}  # flags: DBS301
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get("https://search.example.com", params={"q": query}) as response:  # flags: DBS202
            body = await response.json()
    return [hit["url"] for hit in body["hits"][:limit]]
