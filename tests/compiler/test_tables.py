"""Large literals: rows that look alike are looked at once, and nothing that differs is missed."""

from __future__ import annotations

import pytest

from dbos_build.analysis import program
from dbos_build.interpreter.values import ExternalInstance, Mapping, Sequence
from dbos_build.settings.config import Settings
from support.analysis import findings, project

ROWS = 300
HEAD = "import time\nfrom dbos import DBOS\n\n\ndef now(*_):\n    return time.time()\n\n\n"
ROW = "    {{'name': 'n{n}', 'sizes': [{n}, -{n}], 'more': {{'x': ({n}, None)}}}},\n"
USE = "\n\n@DBOS.workflow()\ndef w(x):\n    return {use}\n"


def _codes(table: str, use: str) -> set[str]:
    return {each.code for each in findings({"main.py": HEAD + table + USE.format(use=use)})}


def _rows(middle: str = "", row: str = ROW, opening: str = "[", closing: str = "]") -> str:
    rows = [row.format(n=n) for n in range(ROWS)]
    rows.insert(ROWS // 2, middle)
    return f"TABLE = {opening}\n{''.join(rows)}{closing}\n"


def test_a_table_of_constants_is_not_evaluated_row_by_row() -> None:
    text = HEAD + _rows() + USE.format(use="TABLE[x]['name']")
    analysed = program.analyse(project({"main.py": text}), Settings())
    (module,) = [each for each in analysed.engine.all_activations() if each.function is None]
    assert len(module.values) < 100
    value = analysed.engine.module_value(analysed.module("main.py"), "TABLE", None)
    assert value is not None
    (table,) = value.atoms
    assert isinstance(table, Sequence)
    (row,) = table.element.atoms
    assert isinstance(row, Mapping)
    held = dict(row.items)
    assert list(held["name"].atoms) == [ExternalInstance("builtins.str")]


@pytest.mark.parametrize(
    ("table", "use"),
    [
        (_rows("    {'name': now},\n"), "TABLE[x]['name']()"),
        (_rows("    now,\n"), "TABLE[x]()"),
        (_rows("    lambda: time.time(),\n"), "TABLE[x]()"),
        (_rows("    'odd': now,\n", "    'k{n}': {n},\n", "{", "}"), "TABLE[x](1)"),
        (_rows("    now: 1,\n", "    {n}: 'a',\n", "{", "}"), "now()"),
        (_rows("    (1, now),\n", "    ({n}, 'a'),\n", "(", ")"), "TABLE[x][1]()"),
        (_rows("    *[now],\n", "    {n},\n"), "TABLE[x]()"),
        (_rows("    **{'a': now},\n", "    'k{n}': {n},\n", "{", "}"), "TABLE[x]()"),
    ],
)
def test_the_one_row_that_differs_is_found(table: str, use: str) -> None:
    assert "DBS001" in _codes(table, use)


@pytest.mark.parametrize(
    ("table", "use"),
    [
        (_rows(), "TABLE[x]['sizes'][0] + 1"),
        (_rows(row="    'n{n}',\n"), "TABLE[x].upper()"),
        (_rows(row="    {n}: 'n{n}',\n", opening="{", closing="}"), "TABLE[x].upper()"),
        (_rows(row="    {n},\n", opening="{", closing="}"), "[n for n in TABLE]"),
    ],
)
def test_a_table_of_constants_is_harmless(table: str, use: str) -> None:
    assert _codes(table, use) == set()


def test_the_order_of_a_set_of_texts_is_arbitrary_however_large() -> None:
    table = _rows(row="    'n{n}',\n", opening="{", closing="}")
    use = "[DBOS.set_event(n, 1) for n in TABLE]"
    small = HEAD + "TABLE = {'a', 'b'}\n" + USE.format(use=use)
    assert _codes(table, use) == {each.code for each in findings({"main.py": small})} != set()
