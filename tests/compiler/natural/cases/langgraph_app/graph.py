from __future__ import annotations

from typing import Annotated, TypedDict

from dbos import DBOS
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import MemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages


class State(TypedDict):
    messages: Annotated[list[BaseMessage], add_messages]
    approved: bool


model = ChatOpenAI(model="gpt-4o")


def chat(state: State) -> dict:
    return {"messages": [model.invoke(state["messages"])]}


def route(state: State) -> str:
    return END if state["approved"] else "chat"


builder = StateGraph(State)
builder.add_node("chat", chat)
builder.add_edge(START, "chat")
builder.add_conditional_edges("chat", route)
graph = builder.compile(checkpointer=MemorySaver())


@DBOS.step()
def run_graph(question: str, thread: str) -> str:
    result = graph.invoke(
        {"messages": [HumanMessage(question)], "approved": True},
        config={"configurable": {"thread_id": thread}},
    )
    return result["messages"][-1].content


@DBOS.workflow()
def assist(question: str) -> str:
    draft = run_graph(question, DBOS.workflow_id)
    verdict = DBOS.recv("verdict", timeout_seconds=3600)
    if verdict == "again":
        draft = run_graph(f"Improve: {draft}", DBOS.workflow_id)
    return draft


@DBOS.workflow()
def assist_directly(question: str) -> str:
    messages = [SystemMessage("Be brief"), HumanMessage(question)]
    first = model.invoke(messages)  # flags: DBS208
    state = graph.invoke({"messages": messages, "approved": True})  # flags: DBS208
    parts = [chunk.content for chunk in model.stream(messages)]  # flags: DBS208
    return first.content + state["messages"][-1].content + "".join(parts)
