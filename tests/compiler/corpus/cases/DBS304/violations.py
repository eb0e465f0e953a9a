"""What the interpreter happens to hold: garbage, frames, weak references, tracebacks."""

import gc
import inspect
import sys
import traceback
import weakref
from sys import getrefcount

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Node:
    """Something to refer to."""


def alive(reference: "weakref.ref[Node]") -> bool:
    return reference() is not None  # flags: DBS304


def caller() -> str:
    return sys._getframe(1).f_code.co_name  # flags: DBS304


@DBOS.workflow()
def collected(name: str) -> int:  # unseen: interpreter
    count = gc.collect()  # flags: DBS304
    save(name, count)
    return count


@DBOS.workflow()
def still_there(name: str) -> bool:  # unseen: interpreter
    found = alive(weakref.ref(Node()))
    save(name, found)
    return found


@DBOS.workflow()
def counted(name: str) -> int:  # unseen: interpreter
    count = getrefcount(name)  # flags: DBS304
    save(name, count)
    return count


@DBOS.workflow()
def called_from(name: str) -> str:  # unseen: interpreter
    save(name, caller())
    return name


@DBOS.workflow()
def stack(name: str) -> int:  # unseen: interpreter
    depth = len(inspect.stack())  # flags: DBS304
    save(name, depth)
    return depth


@DBOS.workflow()
def failure_text(name: str) -> str:  # unseen: interpreter
    try:
        save(name, "x")
        text = ""
    except ValueError:
        text = traceback.format_exc()  # flags: DBS304
    save(name, text)
    return text


@DBOS.workflow()
def objects(name: str) -> int:  # unseen: interpreter
    count = len(gc.get_objects())  # flags: DBS304
    save(name, count)
    return count
