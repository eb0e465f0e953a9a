import asyncio
import json
import logging
from typing import Any

from anthropic import AsyncAnthropic
from dbos import DBOS

from agentloop.tools import TOOLS, describe

log = logging.getLogger(__name__)
client = AsyncAnthropic()


@DBOS.step(retries_allowed=True, max_attempts=5)
async def ask(messages: list[dict[str, Any]]) -> dict[str, Any]:
    reply = await client.messages.create(model="claude", max_tokens=512, messages=messages)
    return reply.model_dump()


async def run_tool(name: str, arguments: dict[str, Any]) -> str:
    tool = TOOLS[name]
    return await tool(**arguments)


@DBOS.workflow()
async def converse(question: str, limit: int = 8) -> str:
    messages: list[dict[str, Any]] = [{"role": "user", "content": question}]
    for _turn in range(limit):
        reply = await ask(messages)
        messages.append({"role": "assistant", "content": reply["content"]})
        calls = [part for part in reply["content"] if part["type"] == "tool_use"]
        if not calls:
            return reply["content"][0]["text"]
        results = await asyncio.gather(
            *(run_tool(call["name"], call["input"]) for call in calls), return_exceptions=True
        )
        for call, result in zip(calls, results, strict=True):
            messages.append({"role": "user", "content": json.dumps([call["id"], str(result)])})
        log.info("turn done")
    return describe()
