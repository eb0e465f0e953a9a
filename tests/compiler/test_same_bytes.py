"""The same program gives the same findings, whatever hash seed and whatever addresses there are.

A program that calls in circles through values of many kinds exceeds what the engine allows, so what
is found depends on what is run first: the order of every set of possible values shows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dbos_build.interpreter.ordered import extended, few, ordered

ROOT = Path(__file__).resolve().parents[2]
MODULES = 12
SCRIPT = '''
import sys
sys.path[:0] = [{tests!r}, {compiler!r}, {templates!r}]
from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.settings.config import Settings
from support.analysis import project

moved = [object() for _ in range(int(sys.argv[1]))]
part = """import time, os, random
import part_{{after}} as after
import part_{{other}} as other


class Node:
    def __init__(self, action, below=None):
        self.action = action
        self.below = below

    def visit(self, node, action):
        after.walk(node or self, self.action)
        return other.walk(Node(action, node), self.visit)


def walk(node, action):
    action(node, walk)
    if random.random() > {{n}}: time.sleep(1)
    return after.Node(walk, node).visit(node, action) or node.visit(walk, action)
"""
main = """from dbos import DBOS
import part_0

TABLE = {{{{}}}}


def register(action):
    TABLE[action] = part_0.walk(part_0.Node(action), action)
    return action


@register
def plain(x, y=None):
    return x


register(part_0.Node)


@DBOS.workflow()
def w(x):
    return part_0.walk(x, plain)
"""
count = {modules}
texts = {{
    f"part_{{n}}.py": part.format(n=n, after=(n + 1) % count, other=(n * 7 + 3) % count)
    for n in range(count)
}}
analysed = program.analyse(project(texts | {{"main.py": main.format()}}), Settings())
print(analysed.engine.runs)
for activation in analysed.engine.all_activations():
    print(activation.name, sorted(activation.parameters), len(activation.calls))
for finding in rules.check(analysed):
    print(finding)
'''


def _output(seed: int, moved: int) -> str:
    """What is found in a process with this hash seed, with so many objects made before."""
    places = {name: str(ROOT / name) for name in ("tests", "compiler", "templates")}
    script = SCRIPT.format(modules=MODULES, **places)
    done = subprocess.run(
        [sys.executable, "-c", script, str(moved)],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_neither_hashes_nor_addresses_decide_what_is_found() -> None:
    first = _output(1, 13)
    assert "DBS" in first
    assert _output(2, 26_011) == first


def test_an_ordered_set_is_a_set_that_keeps_its_order() -> None:
    words = [f"w{n * 7919 % 100}" for n in range(40)]
    made = ordered(words)
    assert list(made) == words
    assert made == frozenset(words)
    assert hash(made) == hash(frozenset(words))
    more = extended(made, ["x", "y"])
    assert list(more) == [*words, "x", "y"]
    assert list(extended(few(("a",)), ["b"])) == ["a", "b"]
    assert list(ordered(["b", "a", "b"])) == ["b", "a"]
    assert not few(())
