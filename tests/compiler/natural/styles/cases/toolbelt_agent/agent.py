from __future__ import annotations

import json
from typing import Any

import openai
from dbos import DBOS

from tools import TOOLS, schema


class Assistant:
    def __init__(self, model: str) -> None:
        self.model = model
        self.client = openai.OpenAI()

    @DBOS.step(retries_allowed=True, max_attempts=3)
    def think(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        answer = self.client.chat.completions.create(model=self.model, messages=messages)
        return answer.choices[0].message.model_dump()

    def stream(self, messages: list[dict[str, Any]]) -> list[str]:
        parts: list[str] = []
        for chunk in self.client.chat.completions.create(  # flags: DBS202
            model=self.model, messages=messages, stream=True
        ):
            parts.append(chunk.choices[0].delta.content or "")
        return parts


assistant = Assistant("gpt-small")


@DBOS.step()
def call_tool(name: str, arguments: str) -> Any:
    return TOOLS[name](**json.loads(arguments))


@DBOS.workflow()
def converse(question: str) -> str:
    messages: list[dict[str, Any]] = [{"role": "user", "content": question}]
    for _ in range(8):
        answer = assistant.think(messages)
        messages.append(answer)
        if not answer.get("tool_calls"):
            break
        for call in answer["tool_calls"]:
            result = call_tool(call["function"]["name"], call["function"]["arguments"])
            messages.append({"role": "tool", "content": json.dumps(result)})
    DBOS.set_event("tools", len(schema()))
    return str(messages[-1]["content"])


@DBOS.workflow()
def converse_fast(question: str, name: str) -> str:
    parts = assistant.stream([{"role": "user", "content": question}])
    for part in parts:
        DBOS.write_stream("tokens", part)
    DBOS.close_stream("tokens")
    return str(TOOLS[name](question))
