from __future__ import annotations

import asyncio
from collections import Counter
from enum import Enum

import anthropic
from dbos import DBOS, Queue
from pydantic import BaseModel, field_validator

reviews = Queue("reviews", concurrency=2)
claude = anthropic.AsyncAnthropic()
_limit = asyncio.Semaphore(4)
stats: Counter[str] = Counter()


class Label(str, Enum):
    OK = "ok"
    SPAM = "spam"


class Post(BaseModel):
    id: int
    text: str
    tags: set[str] = set()

    @field_validator("text")
    @classmethod
    def not_empty(cls, value: str) -> str:
        return value.strip() or "-"

    def words(self) -> list[str]:
        return self.text.lower().split()


@DBOS.step(retries_allowed=True)
async def classify(text: str) -> Label:
    async with _limit:
        message = await claude.messages.create(
            model="claude", max_tokens=5, messages=[{"role": "user", "content": text}]
        )
    return Label(message.content[0].text)


@DBOS.step()
async def hide(post_id: int) -> None:
    DBOS.logger.info("hide %d", post_id)


async def looks_toxic(text: str) -> bool:
    async with _limit:  # flags: DBS407
        answer = await claude.messages.create(  # flags: DBS202
            model="claude", max_tokens=1, messages=[{"role": "user", "content": text}]
        )
    return answer.content[0].text == "y"


@DBOS.workflow()
async def moderate(post: Post) -> Label:
    label = await classify(post.text)
    stats[label] += 1  # flags: DBS602
    if label is Label.SPAM or await looks_toxic(post.text):
        await hide(post.id)
    for tag in post.tags:  # flags: DBS501
        await classify(tag)
    common = Counter(post.words()).most_common(1)
    await DBOS.set_event_async("common", common[0][0] if common else "")
    return label


@DBOS.workflow()
async def moderate_all(posts: list[Post]) -> dict[int, str]:
    results = {}
    async with asyncio.TaskGroup() as group:
        tasks = {post.id: group.create_task(classify(post.text)) for post in posts}
    for key, task in tasks.items():
        results[key] = task.result().value
    handle = await DBOS.start_workflow_async(moderate, posts[0])
    await handle.get_result()
    return results
