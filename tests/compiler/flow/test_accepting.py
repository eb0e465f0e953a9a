"""Accepting: which recorded names a flow can have, and what could have come instead."""

from __future__ import annotations

import pytest

from dbos_build.flow import Acceptance, accepts
from support.flows import coroutine, flow_of, sync

LOOP = sync("for i in x:\n    a(i)\nb(x)")
CASES = [
    (LOOP, [], "fits"),
    (LOOP, ["a"], "fits"),
    (LOOP, ["a", "a", "b"], "fits"),
    (LOOP, ["b"], "fits"),
    (LOOP, ["b", "a"], "differs"),
    (LOOP, ["a", "b", "b"], "differs"),
    (sync("child(x)\na(x)"), ["child"], "fits"),
    (sync("child(x)\na(x)"), ["child", "DBOS.getResult", "a"], "fits"),
    (sync("child(x)\na(x)"), ["child", "a"], "differs"),
    (sync("if DBOS.patch('p'):\n    a(x)\nb(x)"), ["DBOS.patch-p", "a", "b"], "fits"),
    (sync("if DBOS.patch('p'):\n    a(x)\nb(x)"), ["b"], "fits"),
    (sync("if DBOS.patch('p'):\n    a(x)\nb(x)"), ["DBOS.patch-q"], "differs"),
    (sync("DBOS.deprecate_patch('p')\na(x)"), ["DBOS.patch-p", "a"], "fits"),
    (sync("DBOS.recv('t')\na(x)"), ["DBOS.recv", "DBOS.sleep", "a"], "fits"),
    (sync("DBOS.recv('t')\na(x)"), ["DBOS.sleep"], "fits"),
    (sync("DBOS.recv('t')\na(x)"), ["DBOS.recv", "a"], "fits"),
    (sync("a(x)\nx()\nb(x)"), ["a", "c"], "unknown"),
    (sync("a(x)\nx()\nb(x)"), ["c"], "differs"),
    (sync("DBOS.run_step({'name': x}, lambda: 1)\na(x)"), ["whatever", "a"], "fits"),
    (coroutine("await asyncio.gather(first(1), second(2))"), ["second"], "fits"),
    (coroutine("await asyncio.gather(first(1), second(2))"), ["second", "first"], "fits"),
    (coroutine("await asyncio.gather(first(1), second(2))"), ["a"], "differs"),
]


@pytest.mark.parametrize(("module", "recorded", "expected"), CASES)
def test_names_fit_or_not(module: str, recorded: list[str], expected: str) -> None:
    assert accepts(flow_of(module), recorded).kind == expected


def test_what_could_have_come_is_named() -> None:
    found = accepts(flow_of(LOOP), ["a", "c"])
    assert found == Acceptance("differs", 1, ("a", "b"))
    assert not found.is_ok
    assert accepts(flow_of(sync("a(x)")), ["a", "a"]).expected == ("",)
