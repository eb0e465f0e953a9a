"""Which rules have a fix, what it is called, and whether it may be applied without being asked.

In: a rule code. Out: the entry of the table. Never does: load what the fixes themselves need, so
that reporting a finding stays cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Safety = Literal["safe", "unsafe"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix: its name, its safety, and what it does in one line.

    A safe fix keeps what the first execution of a workflow does. An unsafe one may change it, or
    relies on something that the source does not show, such as a value being serialisable.
    """

    name: str
    safety: Safety
    summary: str


def _extract(safety: Safety) -> Fix:
    return Fix("extract-step", safety, "move the expression into a step and call that")


_SORT = Fix("sort-elements", "unsafe", "go through the elements in sorted order")

FIXES: Mapping[str, Fix] = MappingProxyType(
    {
        "DBS001": _extract("safe"),
        "DBS002": _extract("safe"),
        "DBS003": Fix("durable-sleep", "safe", "sleep with DBOS.sleep or DBOS.sleep_async"),
        "DBS005": Fix("utc-time", "unsafe", "convert times in UTC, not in the local time zone"),
        "DBS101": _extract("safe"),
        "DBS103": _extract("safe"),
        "DBS104": _extract("safe"),
        "DBS201": _extract("unsafe"),
        "DBS202": _extract("unsafe"),
        "DBS203": _extract("unsafe"),
        "DBS204": _extract("unsafe"),
        "DBS206": _extract("unsafe"),
        "DBS207": Fix("durable-log", "unsafe", "write to DBOS.logger, which is silent at replay"),
        "DBS301": _extract("safe"),
        "DBS302": _extract("unsafe"),
        "DBS303": _extract("safe"),
        "DBS403": Fix("return-exceptions", "unsafe", "gather with return_exceptions=True"),
        "DBS404": Fix("durable-wait", "safe", "wait with DBOS.asyncio_wait"),
        "DBS406": Fix("await-coroutine", "unsafe", "await the coroutine"),
        "DBS408": Fix("call-in-thread", "unsafe", "call it through asyncio.to_thread"),
        "DBS501": _SORT,
        "DBS502": _SORT,
        "DBS503": _extract("unsafe"),
        "DBS504": _SORT,
        "DBS505": _SORT,
        "DBS606": Fix("none-default", "unsafe", "make the default None and build it in the body"),
        "DBS807": Fix("drop-commit", "unsafe", "leave committing to the transaction decorator"),
        "DBS809": Fix("matching-twin", "safe", "use the twin that fits the function"),
        "DBS810": Fix("hoist-queue", "safe", "declare the queue at module level"),
        "DBS812": Fix("complete-decorator", "unsafe", "write the decorator's `@` and parentheses"),
        "DBS813": Fix("decorator-order", "safe", "put the decorators in the order that works"),
        "DBS817": Fix("allow-retries", "unsafe", "add retries_allowed=True"),
        "DBS819": Fix("narrow-handler", "unsafe", "let cancellation through the handler"),
        "DBS820": Fix("pass-function", "safe", "pass the workflow and its arguments"),
        "DBS992": Fix("drop-suppression", "safe", "remove the codes that silence nothing"),
    }
)
"""Rule code → its fix."""


def fixability(code: str) -> Safety | None:
    """Whether the rule with this code has a safe fix, an unsafe one, or none."""
    fix = FIXES.get(code)
    return fix.safety if fix else None
