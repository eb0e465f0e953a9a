import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from dbos import DBOS
from pydantic_ai import Agent

planner = Agent("openai:gpt-4o", system_prompt="plan")
writers = {name: Agent("openai:gpt-4o", name=name) for name in ("ann", "bob")}


@dataclass
class Memory:
    turns: list[str] = field(default_factory=list)
    started: datetime = field(default_factory=datetime.now)

    def remember(self, text: str) -> None:
        self.turns.append(text)


@DBOS.step()
async def plan(goal: str) -> list[str]:
    result = await planner.run(goal)
    return result.output.split(",")


@DBOS.step()
async def write(name: str, topic: str) -> str:
    return (await writers[name].run(topic)).output


@DBOS.workflow()
async def team(goal: str) -> str:
    memory = Memory()  # flags: DBS006
    topics = await plan(goal)
    drafts = await asyncio.gather(*[write("ann", t) for t in topics])  # flags: DBS403
    for draft in drafts:
        memory.remember(draft)
    review = await writers["bob"].run("\n".join(memory.turns))  # flags: DBS208
    return review.output
