"""lost-topic: an event or a topic that others use is not there any more.

In: nothing; two builds are needed, so `diff` finds these. Out: the description of DBS909. Never
does: look at a program.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, judged_elsewhere

RULE = Rule(
    code="DBS909",
    name="lost-topic",
    severity=Severity.WARNING,
    summary="a workflow no longer publishes an event, or no longer receives a topic",
    why=(
        "Whoever reads the event, or sends to the topic, does so by its name: the code of another "
        "process or of the last release waits for a value that nobody publishes, and sends "
        "messages that nobody takes."
    ),
    instead="Publish under both names, or receive both topics, until nobody uses the old one.",
    before="""\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str) -> str:
    DBOS.set_event("status", name)
    return name
""",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str) -> str:  # flags: DBS909
    DBOS.set_event("state", name)  # flags: DBS901
    return name
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(name: str) -> str:
    DBOS.set_event("status", name)
    DBOS.set_event("state", name)
    return name
""",
    ),
    check=judged_elsewhere,
    needs="baseline",
)
