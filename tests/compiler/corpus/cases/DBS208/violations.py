"""Agents that think in the workflow: their model calls are not recorded."""

from crewai import Crew
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from langgraph.graph import StateGraph
from llama_index.core import VectorStoreIndex
from pydantic_ai import Agent

from dbos import DBOS

RUNNABLE = False
agent = Agent("openai:gpt", instructions="Be brief.")
model = ChatOpenAI(model="gpt")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Researcher:
    def __init__(self) -> None:
        self.agent = Agent("openai:gpt")

    def answer(self, question: str) -> str:
        return self.agent.run_sync(question).output  # flags: DBS208


def thought(llm: BaseChatModel, question: str) -> str:
    return llm.invoke(question).content  # flags: DBS208


@DBOS.workflow()
def asked(question: str) -> str:
    answer = agent.run_sync(question)  # flags: DBS208
    save(question, answer.output)
    return answer.output


@DBOS.workflow()
async def asked_later(question: str) -> str:
    answer = await agent.run(question)  # flags: DBS208
    return answer.output


@DBOS.workflow()
def chatted(question: str) -> str:
    return model.invoke(question).content  # flags: DBS208


@DBOS.workflow()
def researched(question: str) -> str:
    return Researcher().answer(question)


@DBOS.workflow()
def thought_over(question: str) -> str:
    return thought(ChatOpenAI(), question)


@DBOS.workflow()
def graph(question: str) -> object:
    graph = StateGraph(dict).compile()
    return graph.invoke({"question": question})  # flags: DBS208


@DBOS.workflow()
def crew(question: str) -> object:
    return Crew(agents=[], tasks=[]).kickoff(inputs={"question": question})  # flags: DBS208
