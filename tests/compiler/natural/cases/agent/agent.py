"""A refund agent: every tool call is a step, the loop is the workflow. Follows the guide: clean."""

from __future__ import annotations

import json
from typing import Any, Callable

from dbos import DBOS, SetWorkflowID
from openai import OpenAI

from tools import TOOLS, lookup_purchase, notify_admin

client = OpenAI()
MAX_TURNS = 12


@DBOS.step(retries_allowed=True, max_attempts=3)
def call_model(messages: list[dict[str, Any]]) -> dict[str, Any]:
    response = client.chat.completions.create(
        model="gpt-4o", messages=messages, tools=[tool.schema() for tool in TOOLS.values()]
    )
    return response.choices[0].message.model_dump()


def run_tool(name: str, arguments: str) -> str:
    tool = TOOLS.get(name)
    if tool is None:
        return f"no such tool: {name}"
    try:
        parsed = json.loads(arguments)
    except json.JSONDecodeError as error:
        return f"bad arguments: {error}"
    return json.dumps(tool.function(**parsed))


@DBOS.workflow()
def agent_loop(question: str) -> str:
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": "You handle refunds."},
        {"role": "user", "content": question},
    ]
    for turn in range(MAX_TURNS):
        message = call_model(messages)
        messages.append(message)
        calls = message.get("tool_calls") or []
        if not calls:
            return message["content"]
        for call in calls:
            result = run_tool(call["function"]["name"], call["function"]["arguments"])
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})
        DBOS.set_event("turn", turn)
    return "gave up"


@DBOS.workflow()
def approval(purchase_id: str) -> str:
    purchase = lookup_purchase(purchase_id)
    if purchase["amount"] > 1000:
        notify_admin(purchase_id, DBOS.workflow_id)
        decision = DBOS.recv("decision", timeout_seconds=86400 * 7)
        return decision or "rejected"
    return "approved"


def start(question: str, key: str) -> str:
    with SetWorkflowID(key):
        return DBOS.start_workflow(agent_loop, question).workflow_id
