from __future__ import annotations

import operator
from typing import Annotated, Literal, TypedDict

from dbos import DBOS
from langchain_core.messages import AnyMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field
from pydantic_ai import Agent, RunContext
from pydantic_ai.durable_exec.dbos import DBOSAgent


class State(TypedDict):
    messages: Annotated[list[AnyMessage], operator.add]
    rounds: int


class Report(BaseModel):
    title: str
    points: list[str] = Field(default_factory=list)
    score: float = 0.0


model = ChatOpenAI(model="gpt-5", temperature=0)
writer = Agent("anthropic:claude", output_type=Report, name="writer")
durable_writer = DBOSAgent(writer)


@writer.tool
def lookup(context: RunContext[None], term: str) -> str:
    return term.title()


def think(state: State) -> dict[str, object]:
    answer = model.invoke([SystemMessage("think"), *state["messages"]])
    return {"messages": [answer], "rounds": state["rounds"] + 1}


def enough(state: State) -> Literal["think", "__end__"]:
    return END if state["rounds"] >= 3 else "think"


graph = StateGraph(State)
graph.add_node("think", think)
graph.add_edge(START, "think")
graph.add_conditional_edges("think", enough)
compiled = graph.compile()


@DBOS.step()
def run_graph(question: str) -> str:
    state = compiled.invoke({"messages": [HumanMessage(question)], "rounds": 0})
    return str(state["messages"][-1].content)


@DBOS.workflow()
async def research(question: str) -> Report:
    notes = await DBOS.run_step_async(None, run_graph, question)  # maybe: DBS408
    result = await durable_writer.run(f"Report on {notes}")
    return result.output


@DBOS.workflow()
async def quick(question: str) -> str:
    report = await writer.run(question)  # flags: DBS208
    messages = [HumanMessage(question), SystemMessage(report.output.title)]
    answer = await model.ainvoke(messages)  # flags: DBS208
    return str(answer.content)


@DBOS.workflow()
def whole_graph(question: str) -> int:
    state = compiled.invoke({"messages": [HumanMessage(question)], "rounds": 0})  # flags: DBS208
    report = Report(title=question).model_copy(update={"score": 1.0})
    return state["rounds"] + len(report.points)


@DBOS.workflow()
def prompt_only(question: str) -> str:
    """Building messages is harmless."""
    messages = [SystemMessage("be brief"), HumanMessage(question)]
    return "\n".join(str(message.content) for message in messages)
