"""file-access: a workflow touches the file system.

In: the analysed program. Out: the findings of DBS203. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS203",
    name="file-access",
    severity=Severity.ERROR,
    summary="a workflow touches the file system",
    why=(
        "The file may be gone or different when the workflow is recovered, perhaps on another "
        "machine; writes are repeated."
    ),
    instead="Read and write files in steps.",
    bad=(
        """\
from pathlib import Path

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return Path("orders.txt").read_text()  # flags: DBS203
""",
    ),
    good=(
        """\
from pathlib import PurePath

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(PurePath("orders") / order_id)
""",
        """\
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return Path("orders.txt").read_text()


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(
        frozenset({"file"}), "touches the file system in a workflow; do it in a step"
    ),
)
