"""Helpers that steps call, too, and that start nothing there."""

from __future__ import annotations

from dbos import DBOS


@DBOS.workflow()
def child(name: str) -> str:
    return name


def publish(name: str) -> str:
    DBOS.set_event("name", name)
    return child(name)


def ensure(name: str) -> str:
    if DBOS.step_id is None:
        return DBOS.start_workflow(child, name).workflow_id
    return name


def ensure_or_leave(name: str) -> str:
    if DBOS.step_id is not None:
        return name
    return publish(name)


def ensure_unless(name: str, wanted: bool) -> str:
    if DBOS.step_id is not None or not wanted:
        return name
    else:
        return child(name)


@DBOS.step()
def check(name: str) -> str:
    return ensure(name) + ensure_or_leave(name) + ensure_unless(name, True)


@DBOS.workflow()
def order(name: str) -> str:
    return ensure(name) + ensure_or_leave(name) + ensure_unless(name, True) + check(name)
