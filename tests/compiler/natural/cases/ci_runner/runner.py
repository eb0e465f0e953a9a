"""A build server: dynamic steps, artefacts, patches, streams and events."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shlex
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from dbos import DBOS, Queue, SetWorkflowTimeout

builds = Queue("builds", concurrency=4, priority_enabled=True)


@dataclass(frozen=True)
class Stage:
    name: str
    command: str
    needs: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def argv(self) -> list[str]:
        return shlex.split(self.command)


@dataclass
class Outcome:
    name: str
    code: int
    digest: str

    @property
    def ok(self) -> bool:
        return self.code == 0


@DBOS.step(retries_allowed=True, max_attempts=2)
async def execute(stage: Stage) -> Outcome:
    process = await asyncio.create_subprocess_exec(*stage.argv(), env=dict(stage.env))
    code = await process.wait()
    return Outcome(stage.name, code, hashlib.sha1(stage.command.encode()).hexdigest())


@DBOS.step()
async def report(outcomes: list[dict[str, Any]]) -> None:
    DBOS.logger.info(json.dumps(outcomes))


def order(stages: list[Stage]) -> list[list[str]]:
    sorter = TopologicalSorter({stage.name: stage.needs for stage in stages})
    sorter.prepare()
    levels = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sorter.done(*ready)
        levels.append(ready)
    return levels


async def run_level(stages: list[Stage], run: Callable[[Stage], Awaitable[Outcome]]) -> list[Outcome]:
    outcomes = await asyncio.gather(*(run(stage) for stage in stages), return_exceptions=True)
    return [outcome for outcome in outcomes if isinstance(outcome, Outcome)]


@DBOS.workflow()
async def build(stages: list[Stage]) -> bool:
    by_name = {stage.name: stage for stage in stages}
    done: list[Outcome] = []
    for level in order(stages):
        outcomes = await run_level([by_name[name] for name in level], execute)
        done += outcomes
        await DBOS.set_event_async("done", [outcome.name for outcome in done])
        if not all(outcome.ok for outcome in outcomes):
            break
    await report([asdict(outcome) for outcome in done])
    return len(done) == len(stages)


@DBOS.workflow()
async def rebuild(stages: list[Stage]) -> bool:
    with SetWorkflowTimeout(600):
        handle = await builds.enqueue_async(build, stages)
    return await handle.get_result()


@DBOS.workflow()
async def racing(stages: list[Stage]) -> list[str]:
    names = {need for stage in stages for need in stage.needs}
    started = []
    for name in names:  # flags: DBS501
        started.append((await execute(Stage(name, f"make {name}"))).name)
    background = asyncio.create_task(run_level(stages, execute))  # flags: DBS405
    await report([])
    await background
    execute(stages[0])  # flags: DBS406
    return started
