"""Deep research with pydantic-ai, once wrapped and once not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import logfire
from dbos import DBOS
from pydantic import BaseModel
from pydantic_ai import Agent, RunContext
from pydantic_ai.durable_exec.dbos import DBOSAgent

from search import web_search

logfire.configure()


class Plan(BaseModel):
    queries: list[str]
    outline: str


@dataclass
class Deps:
    language: str


planner = Agent("openai:gpt-4o", output_type=Plan, deps_type=Deps, name="planner")
writer = Agent("openai:gpt-4o", name="writer")
durable_planner = DBOSAgent(planner)
durable_writer = DBOSAgent(writer)


@planner.tool
async def search_tool(ctx: RunContext[Deps], query: str) -> str:
    return "\n".join(await web_search(query))


@DBOS.step()
async def search_step(query: str) -> list[str]:
    return await web_search(query)


@DBOS.workflow()
async def research(topic: str) -> str:
    plan = (await durable_planner.run(topic, deps=Deps("en"))).output
    found = await asyncio.gather(
        *(search_step(query) for query in plan.queries), return_exceptions=True
    )
    texts = [hit for hits in found if isinstance(hits, list) for hit in hits]
    with logfire.span("writing"):
        report = await durable_writer.run(f"{plan.outline}\n{texts}")
    return report.output


@DBOS.workflow()
async def naive_research(topic: str) -> str:
    result = await planner.run(topic, deps=Deps("en"))  # flags: DBS208
    hits = []
    for query in result.output.queries:
        hits += await web_search(query)
    report = await writer.run(str(hits))  # flags: DBS208
    return report.output


@DBOS.workflow()
async def parallel_research(topics: list[str]) -> list[str]:
    async def one(topic: str) -> str:
        hits = await search_step(topic)
        more = await search_step(hits[0])
        return more[0]

    return await asyncio.gather(*(one(topic) for topic in topics))  # flags: DBS402  # maybe: DBS403
