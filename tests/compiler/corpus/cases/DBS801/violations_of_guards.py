"""Guards that ask for something else."""

from __future__ import annotations

from dbos import DBOS


class Task:
    step_id: int | None = None


@DBOS.workflow()
def child(name: str) -> str:
    return name


def by_workflow(name: str) -> str:
    if DBOS.workflow_id is None:
        return name
    return child(name)  # flags: DBS801


def turned_round(name: str) -> str:
    if DBOS.step_id is not None:
        return child(name)  # flags: DBS801
    return name


def on_something_else(name: str, task: Task) -> str:
    if task.step_id is None:
        return child(name)  # flags: DBS801
    return name


def one_of_two(name: str, wanted: bool) -> str:
    if DBOS.step_id is None or wanted:
        return child(name)  # flags: DBS801
    return name


def goes_on(name: str) -> str:
    if DBOS.step_id is not None:
        name = name.upper()
    return child(name)  # flags: DBS801


def behind(name: str) -> str:
    if DBOS.step_id is None:
        name = name.upper()
    return child(name)  # flags: DBS801


@DBOS.step()
def check(name: str) -> str:
    first = by_workflow(name) + turned_round(name) + on_something_else(name, Task())
    return first + one_of_two(name, True) + goes_on(name) + behind(name)
