"""A program that is killed in the middle of a step: `killed.py DATABASE EFFECTS KILL_AT`.

Each step appends its name to the effects file, synced. The step named KILL_AT then kills the
process; "-" means none.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from dbos import DBOS, SetWorkflowID

database, effects, kill_at = sys.argv[1], Path(sys.argv[2]), sys.argv[3]


def effect(name: str) -> str:
    """Note an effect where a killed process cannot lose it, and die here when told to."""
    with effects.open("a", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    if name == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return name


@DBOS.step()
def reserve() -> str:
    return effect("reserve")


@DBOS.step()
def charge(reserved: str) -> str:
    return effect("charge") + " after " + reserved


@DBOS.step()
def ship() -> str:
    return effect("ship")


@DBOS.workflow()
def checkout() -> list[str]:
    return [charge(reserve()), ship()]


DBOS(config={"name": "killed", "system_database_url": database, "log_level": "WARNING"})
DBOS.launch()
with SetWorkflowID("the-order"):
    handle = DBOS.start_workflow(checkout)
print(handle.get_result())
DBOS.destroy()
