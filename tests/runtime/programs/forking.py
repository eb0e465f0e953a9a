"""A program that forks after launch: the child is told, launches for itself, and harms nobody.

It forks while nothing is being written, as a program on SQLite has to: in the middle of a write
the child would inherit SQLite's locks and could not write itself.

Argument: the URL of the system database. Prints one line per fact.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from dbos import DBOS
from dbos.error import DBOSException
from dbos.kernel import runtime


@DBOS.workflow()
def double(number: int) -> int:
    """What parent and child run."""
    return number * 2


def child() -> None:
    """Use the inherited runtime, then an own one."""
    try:
        double(1)
    except DBOSException as error:
        print("refused:", error, flush=True)
    DBOS.launch()
    print("child:", double(21), flush=True)
    DBOS.destroy()


def be_child(work: Callable[[], None]) -> NoReturn:
    """Do the work of a child and end it, without the parent's clean-up."""
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(url: str) -> None:
    """Fork twice: a child that launches, and one that only ends."""
    DBOS(config={"name": "forking", "system_database_url": url, "log_level": "WARNING"})
    DBOS.launch()
    double(1)
    for work in (child, DBOS.destroy):
        # SQLite's own locks are inherited: a fork in the middle of a write would leave them held.
        with runtime.active().system.committer.exclusive():
            pid = os.fork()
            if pid == 0:  # never leaves the block: the turn to write is the parent's
                be_child(work)
        print("ended:", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
    print("parent:", double(4), len(DBOS.list_workflows()), flush=True)
    DBOS.destroy()


if __name__ == "__main__":
    main(sys.argv[1])
