"""A nightly digest: async all the way."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx
from dbos import DBOS, Queue

from feeds import FEEDS, Article, parse_feed
from llm import Summarizer

summaries = Queue("summaries", worker_concurrency=4)
summarizer = Summarizer(model="gpt-4o-mini")


@DBOS.step(retries_allowed=True, max_attempts=4)
async def download(url: str) -> str:
    async with httpx.AsyncClient(timeout=20) as client:
        response = await client.get(url)
        response.raise_for_status()
        return response.text


@DBOS.step()
async def publish(html: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.put("https://blog.example.com/digest", content=html)


@DBOS.transaction()
def store_articles(rows: list[dict]) -> int:
    for row in rows:
        DBOS.sql_session.execute("INSERT INTO articles (url, title) VALUES (:url, :title)", row)
    return len(rows)


@dataclass
class Digest:
    title: str
    parts: list[str]

    def render(self) -> str:
        return f"<h1>{self.title}</h1>" + "".join(f"<p>{part}</p>" for part in self.parts)


async def head_ok(client: httpx.AsyncClient, url: str) -> bool:
    try:
        response = await client.head(url)  # flags: DBS202
    except httpx.HTTPError:
        return False
    return response.is_success


@DBOS.workflow()
async def build_digest(day: str) -> str:
    pages = await asyncio.gather(*[download(url) for url in FEEDS])  # flags: DBS403
    articles: list[Article] = []
    for page in pages:
        articles.extend(parse_feed(page))
    store_articles([article.row() for article in articles])  # flags: DBS408
    async with httpx.AsyncClient() as client:
        alive = [article for article in articles if await head_ok(client, article.url)]
    parts = []
    for article in alive:
        parts.append(await summarizer.summarize(article.title))
    digest = Digest(f"News of {day}", parts)
    await publish(digest.render())
    DBOS.sleep(5)  # flags: DBS809
    return digest.title


@DBOS.workflow()
async def careful_digest(day: str) -> int:
    pages = await asyncio.gather(*[download(url) for url in FEEDS], return_exceptions=True)
    good = [page for page in pages if not isinstance(page, BaseException)]
    rows = [article.row() for page in good for article in parse_feed(page)]
    stored = await asyncio.to_thread(store_articles, rows)
    await DBOS.sleep_async(5)
    return stored


@DBOS.workflow()
async def first_answer(urls: list[str]) -> str:
    started = time.perf_counter()  # flags: DBS002
    tasks = [asyncio.create_task(download(url)) for url in urls]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)  # flags: DBS404
    for task in pending:
        task.cancel()
    DBOS.logger.info("took %.1f s", time.perf_counter() - started)  # flags: DBS002
    return done.pop().result()  # flags: DBS502
