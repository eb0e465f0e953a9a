from __future__ import annotations

import json
from typing import Any

from anthropic import Anthropic
from anthropic.types import Message, ToolUseBlock
from dbos import DBOS

from . import tools as _tools  # noqa: F401
from .registry import TOOLS

client = Anthropic()
SYSTEM = "You are brief."


@DBOS.step(retries_allowed=True)
def ask(messages: list[dict[str, Any]]) -> dict[str, Any]:
    reply: Message = client.messages.create(
        model="claude", max_tokens=500, system=SYSTEM, messages=messages,
        tools=[each.schema() for each in TOOLS.values()],
    )
    return reply.model_dump()


def is_tool_use(block: dict[str, Any]) -> bool:
    return block["type"] == "tool_use"


def run_tool(block: dict[str, Any]) -> dict[str, Any]:
    chosen = TOOLS[block["name"]]
    result = chosen.run(**block["input"])
    return {"type": "tool_result", "tool_use_id": block["id"], "content": json.dumps(result)}


@DBOS.workflow()
def converse(prompt: str) -> str:
    messages: list[dict[str, Any]] = [{"role": "user", "content": prompt}]
    for turn in range(10):
        reply = ask(messages)
        messages.append({"role": "assistant", "content": reply["content"]})
        uses = list(filter(is_tool_use, reply["content"]))
        if not uses:
            break
        messages.append({"role": "user", "content": [run_tool(use) for use in uses]})
        DBOS.set_event("turn", turn)
    else:
        summary = client.messages.create(model="claude", max_tokens=9, messages=messages)  # flags: DBS202
        return summary.content[0].text
    return "".join(part.get("text", "") for part in messages[-1]["content"])


def is_use(block: object) -> bool:
    return isinstance(block, ToolUseBlock)
