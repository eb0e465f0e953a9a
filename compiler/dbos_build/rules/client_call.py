"""client-call: a workflow calls a service through a client object.

In: the analysed program. Out: the findings of DBS202. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS202",
    name="client-call",
    severity=Severity.ERROR,
    summary="a workflow calls a service through a client object",
    why=(
        "The call is repeated on every recovery and may answer differently; what it changed "
        "elsewhere is changed again."
    ),
    instead="Move the call into a step; the client may stay where it is.",
    bad=(
        """\
import httpx

from dbos import DBOS

client = httpx.Client()


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return client.get("https://example.com").text  # flags: DBS202
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    prices = {"a": "1"}
    return prices.get("a", "0")
""",
        """\
import httpx
from dbos import DBOS

client = httpx.Client()


@DBOS.step()
def fetch() -> str:
    return client.get("https://example.com").text


@DBOS.workflow()
def checkout() -> str:
    return fetch()
""",
    ),
    check=effect_check(frozenset({"client"}), "calls a service in a workflow; call it in a step"),
)
