"""Agents that are wrapped, run in steps, or only described."""

from langchain_core.prompts import ChatPromptTemplate
from pydantic_ai import Agent
from pydantic_ai.durable_exec.dbos import DBOSAgent

from dbos import DBOS

RUNNABLE = False
agent = Agent("openai:gpt", name="brief")
durable_agent = DBOSAgent(agent)


@DBOS.step()
def ask(question: str) -> str:
    return agent.run_sync(question).output


@DBOS.step()
async def ask_later(question: str) -> str:
    return (await agent.run(question)).output


class Robot:
    def run(self, command: str) -> str:
        return f"ran {command}"

    def invoke(self, command: str) -> str:
        return f"invoked {command}"


@DBOS.workflow()
async def wrapped(question: str) -> str:
    answer = await durable_agent.run(question)
    return answer.output


@DBOS.workflow()
def wrapped_here(question: str) -> str:
    return DBOSAgent(agent).run_sync(question).output


@DBOS.workflow()
def in_a_step(question: str) -> str:
    return ask(question)


@DBOS.workflow()
async def in_an_async_step(question: str) -> str:
    return await ask_later(question)


@DBOS.workflow()
def own_robot(command: str) -> str:
    robot = Robot()
    return robot.run(command) + robot.invoke(command)


@DBOS.workflow()
def recorded(question: str) -> str:
    answer = DBOS.run_step({"name": "ask"}, agent.run_sync, question)
    return str(answer)
