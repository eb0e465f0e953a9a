from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

import httpx
from dbos import DBOS


@dataclass(frozen=True)
class Tool:
    name: str
    description: str
    function: Callable[..., Any]
    parameters: dict[str, Any]

    def schema(self) -> dict[str, Any]:
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": self.parameters},
        }


@DBOS.step()
def lookup_purchase(purchase_id: str) -> dict[str, Any]:
    return httpx.get(f"https://shop.example.com/purchases/{purchase_id}").json()


@DBOS.step()
def notify_admin(purchase_id: str, workflow_id: str) -> None:
    httpx.post("https://mail.example.com", json={"purchase": purchase_id, "workflow": workflow_id})


@DBOS.step()
def refund(purchase_id: str) -> str:
    return httpx.post(f"https://shop.example.com/refund/{purchase_id}").text


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("lookup_purchase", "Look up", lookup_purchase, {"type": "object"}),
        Tool("refund", "Refund", refund, {"type": "object"}),
    )
}
