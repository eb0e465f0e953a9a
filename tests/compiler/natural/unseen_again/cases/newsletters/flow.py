from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from dbos import DBOS, Queue
from plugins import Archive, Mixed, Source

mails = Queue("mails")


@DBOS.step()
async def mail(to: str, text: str) -> str:
    return to + text


@DBOS.step()
def fetch(kind: str, topic: str) -> list[str]:
    with ThreadPoolExecutor() as pool:
        return pool.submit(Source.known[kind]().stories, topic).result()


@DBOS.workflow()
async def digest(to: str, topic: str) -> str:
    source = Mixed(Archive(), Archive())
    stories = source.stories(topic)
    more = await asyncio.to_thread(fetch, "feed", topic)
    await asyncio.to_thread(DBOS.set_event, "stories", len(stories))
    body = "\n".join(map(partial(source.render, "text"), sorted({*stories, *more})))
    return await mail(to, body)


@DBOS.workflow()
async def digest_of(to: str, topic: str, kind: str) -> str:
    stories = Source.known[kind]().stories(topic)
    lines = {story.strip() for story in stories}
    answers = [await mail(to, line) for line in lines]  # flags: DBS501
    return "".join(answers)


@DBOS.workflow()
def schedule(names: list[str]) -> int:
    start = partial(DBOS.start_workflow, digest, topic="news")
    return len([start(name) for name in names])
