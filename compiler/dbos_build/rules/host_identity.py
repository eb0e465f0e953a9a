"""host-identity: a workflow depends on the process or machine it runs on.

In: the analysed program. Out: the findings of DBS303. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS303",
    name="host-identity",
    severity=Severity.ERROR,
    summary="a workflow depends on the process or machine it runs on",
    why="A workflow is recovered by another process, often on another machine.",
    instead="Read it in a step, or use DBOS.executor_id where that is what is meant.",
    bad=(
        """\
import socket

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return socket.gethostname()  # flags: DBS303
""",
    ),
    good=(
        """\
import sys

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(sys.maxsize)
""",
        """\
import os

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return str(os.getpid())


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(frozenset({"host"}), "differs between processes and machines"),
)
