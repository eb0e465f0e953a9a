import asyncio
from typing import Any

import aiohttp
import feedparser
from dbos import DBOS
from langchain_openai import ChatOpenAI

llm = ChatOpenAI(model="gpt-4o-mini")
FEEDS = ("https://a.example/rss", "https://b.example/rss")


@DBOS.step()
async def fetch(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


def entries(text: str) -> list[dict[str, Any]]:
    return [{"title": e.title, "link": e.link} for e in feedparser.parse(text).entries]  # maybe: DBS201


async def summarise(items: list[dict[str, Any]]) -> str:
    reply = await llm.ainvoke([("user", str(items))])  # flags: DBS208
    return reply.content


@DBOS.workflow()
async def digest() -> str:
    texts = await asyncio.gather(*[fetch(u) for u in FEEDS], return_exceptions=True)
    items = [item for text in texts if isinstance(text, str) for item in entries(text)]
    return await summarise(items)
