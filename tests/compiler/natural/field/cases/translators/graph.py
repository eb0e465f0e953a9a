from typing import TypedDict

from dbos import DBOS
from langgraph.graph import END, START, StateGraph
from openai import OpenAI


class State(TypedDict):
    text: str
    language: str


def translate(state: State) -> State:
    client = OpenAI()
    reply = client.chat.completions.create(model="gpt", messages=[])
    return {"text": reply.choices[0].message.content, "language": state["language"]}


builder = StateGraph(State)
builder.add_node("translate", translate)
builder.add_edge(START, "translate")
builder.add_edge("translate", END)
graph = builder.compile()


@DBOS.step()
def translated(text: str, language: str) -> str:
    return graph.invoke({"text": text, "language": language})["text"]


@DBOS.workflow()
def book(pages: list[str], language: str) -> list[str]:
    return [translated(page, language) for page in pages]


@DBOS.workflow()
def letter(text: str, language: str) -> str:
    return graph.invoke({"text": text, "language": language})["text"]  # flags: DBS208
