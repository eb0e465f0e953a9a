"""network-call: a workflow talks to the network.

In: the analysed program. Out: the findings of DBS201. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS201",
    name="network-call",
    severity=Severity.ERROR,
    summary="a workflow talks to the network",
    why=(
        "The call is repeated on every recovery and may answer differently; what it changed "
        "elsewhere is changed again."
    ),
    instead="Move the call into a step, with retries if it can fail for a while.",
    bad=(
        """\
import requests

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return requests.get("https://example.com").text  # flags: DBS201
""",
    ),
    good=(
        """\
import requests

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return requests.get("https://example.com").text


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
        """\
from urllib.parse import urlencode

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return urlencode({"id": order_id})
""",
    ),
    check=effect_check(
        frozenset({"network"}), "talks to the network in a workflow; call it in a step"
    ),
)
