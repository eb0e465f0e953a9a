"""Whoever is ready first: the answer of a race."""

import asyncio
from asyncio import FIRST_COMPLETED, as_completed, wait

from dbos import DBOS


@DBOS.step()
async def ask(name: str) -> str:
    return f"answer of {name}"


@DBOS.step()
async def save(value: object) -> str:
    return "saved"


async def fastest(names: list[str]) -> str:
    tasks = [asyncio.create_task(ask(name)) for name in names]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)  # flags: DBS404
    return next(iter(done)).result()  # flags: DBS502


class Race:
    async def run(self, names: list[str]) -> list[str]:
        answers = []
        for each in asyncio.as_completed([ask(name) for name in names]):  # flags: DBS404
            answers.append(await each)
        return answers


@DBOS.workflow()
async def first_answer(names: list[str]) -> str:
    tasks = [asyncio.ensure_future(ask(name)) for name in names]
    done, waiting = await wait(tasks, return_when=FIRST_COMPLETED)  # flags: DBS404
    await save(len(done))
    return sorted(each.result() for each in done)[0]


@DBOS.workflow()
async def by_helper(names: list[str]) -> str:
    answer = await fastest(names)
    await save(answer)
    return answer


@DBOS.workflow()
async def by_method(names: list[str]) -> list[str]:
    answers = await Race().run(names)
    await save(answers)
    return answers


@DBOS.workflow()
async def as_they_come(names: list[str]) -> list[str]:
    found = [await each for each in as_completed([ask(name) for name in names])]  # flags: DBS404
    await save(found)
    return found


@DBOS.workflow()
async def all_of_them(names: list[str]) -> list[str]:
    tasks = {asyncio.create_task(ask(name)) for name in names}
    done, _ = await asyncio.wait(tasks)  # flags: DBS404
    answers = [task.result() for task in done]  # flags: DBS501
    await save(answers)
    return answers


@DBOS.workflow()
async def with_patience(names: list[str]) -> int:
    tasks = [asyncio.create_task(ask(name)) for name in names]
    done, _ = await asyncio.wait(tasks, timeout=0.001)  # flags: DBS404
    await save(len(done))
    return len(done)


@DBOS.workflow()
async def asks_whether_it_is_done(name: str) -> str:  # unseen: timing
    task = asyncio.create_task(ask(name))
    await asyncio.sleep(0)
    if not task.done():  # flags: DBS404
        await save("slow")
    return await task
