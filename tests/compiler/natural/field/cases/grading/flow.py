import asyncio

from dbos import DBOS


@DBOS.step()
async def grade(essay: str) -> int:
    return len(essay)


@DBOS.step()
async def record(essay: str, points: int) -> None:
    print(essay, points)


async def grade_and_record(essay: str) -> int:
    points = await grade(essay)
    await record(essay, points)
    return points


@DBOS.workflow()
async def grade_all(essays: list[str]) -> list[int]:
    return await asyncio.gather(*[grade_and_record(e) for e in essays], return_exceptions=True)  # flags: DBS402


@DBOS.workflow()
async def grade_group(essays: list[str]) -> int:
    async with asyncio.TaskGroup() as group:  # flags: DBS402
        tasks = [group.create_task(grade_and_record(e)) for e in essays]
    return sum(task.result() for task in tasks)


@DBOS.workflow()
async def grade_background(essay: str) -> int:
    task = asyncio.create_task(grade_and_record(essay))  # flags: DBS405
    await record("start", 0)
    return await task


@DBOS.workflow()
async def grade_in_order(essays: list[str]) -> int:
    points = 0
    for essay in essays:
        points += await grade_and_record(essay)
    return points


@DBOS.workflow()
async def grade_quickly(essay: str) -> int:
    return await asyncio.wait_for(grade(essay), timeout=3)  # flags: DBS004


@DBOS.workflow()
async def grade_limited(essay: str) -> int:
    async with asyncio.timeout(3):  # flags: DBS004
        return await grade(essay)
