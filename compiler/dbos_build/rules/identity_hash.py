"""identity-hash: a workflow uses hashes or ids that differ between processes.

In: the analysed program. Out: the findings of DBS503. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS503",
    name="identity-hash",
    severity=Severity.ERROR,
    summary="a workflow uses hashes or ids that differ between processes",
    why="Hashes of text are salted anew in every process, and ids are addresses in memory.",
    instead="Use zlib.crc32 or hashlib for a stable hash, and a key of your own for identity.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    shard = hash(order_id) % 4  # flags: DBS503
    return str(shard)
""",
    ),
    good=(
        """\
import zlib

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(zlib.crc32(order_id.encode()) % 4)
""",
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(hash(5))
""",
    ),
    check=effect_check(frozenset({"identity", "address"}), "differs between processes"),
)
