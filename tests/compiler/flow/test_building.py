"""Building flows: which nodes a workflow has, and what does not depend on chance."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dbos_build import flow
from dbos_build.error import ManifestError
from support.flows import HEAD, coroutine, flow_of, kinds, sync
from support.programs import analysed

ROOT = Path(__file__).resolve().parents[3]
SHOP = ROOT / "examples" / "widget_store"

DRAWN = {
    "a step": (sync("a(x)"), ["step"]),
    "a child": (sync("child(x)"), ["child"]),
    "a handle": (
        sync("h = DBOS.start_workflow(child, x)\nh.get_result()"),
        ["start", "result"],
    ),
    "a queue": (sync("queue.enqueue(child, x)"), ["enqueue"]),
    "messages": (
        sync("DBOS.recv('t')\nDBOS.send('i', x)\nDBOS.set_event('k', x)\nDBOS.sleep(1)"),
        ["recv", "send", "set_event", "sleep"],
    ),
    "a branch": (sync("if x:\n    a(x)"), ["branch", "step"]),
    "a branch without operations": (sync("if x:\n    y = 2\na(y)"), ["step"]),
    "a loop": (sync("for i in x:\n    a(i)"), ["loop", "step"]),
    "a loop without operations": (sync("for i in x:\n    y += i\na(y)"), ["step"]),
    "an early return": (sync("if x:\n    return 1\na(x)"), ["branch", "step"]),
    "a handler": (
        sync("try:\n    a(x)\nexcept ValueError:\n    b(x)"),
        ["step", "except", "step", "raise"],
    ),
    "a helper": (sync("f(x)", before="def f(n):\n    a(n)\n    b(n)"), ["step", "step"]),
    "a plain helper": (sync("a(f(x))", before="def f(n):\n    return n + 1"), ["step"]),
    "a callback": (sync("sorted(x, key=a)"), ["opaque"]),
    "a map taken at once": (sync("list(map(a, x))"), ["loop", "step"]),
    "a map taken later": (sync("map(a, x)"), ["opaque"]),
    "a parameter that is called": (sync("x()"), ["opaque"]),
    "a helper that calls itself": (
        sync("f(x)", before="def f(n):\n    a(n)\n    f(n - 1)"),
        ["step", "opaque"],
    ),
    "steps side by side": (
        coroutine("await asyncio.gather(first(1), second(2))"),
        ["gather", "step", "step", "join"],
    ),
    "a task": (
        coroutine(
            "t = asyncio.create_task(f(x))\nawait t", before="async def f(n):\n    await first(n)"
        ),
        ["gather", "step", "join"],
    ),
    "a coroutine that waits": (
        coroutine(
            "p = f(x)\nawait second(x)\nawait p", before="async def f(n):\n    await first(n)"
        ),
        ["step", "step"],
    ),
    "a patch": (sync("if DBOS.patch('p'):\n    a(x)"), ["patch", "branch", "step"]),
    "a table of functions": (
        sync("{'p': a, 'q': b}[x](1)"),
        ["branch", "step", "step"],
    ),
    "a match": (
        sync("match x:\n    case 1:\n        a()\n    case _:\n        b()"),
        ["branch", "step", "step"],
    ),
}


@pytest.mark.parametrize("title", DRAWN)
def test_a_construct_is_drawn_with_these_nodes(title: str) -> None:
    module, inner = DRAWN[title]
    assert sorted(kinds(module)) == sorted(["begin", *inner, "end"])


def test_operations_carry_the_names_under_which_they_are_recorded() -> None:
    module = sync("c(x)\nchild(x)\nDBOS.patch('p')\nDBOS.run_step({'name': 'own'}, lambda: 1)")
    recorded = [node.recorded for node in flow_of(module).nodes if node.recorded]
    assert recorded == [("named",), ("child", "DBOS.getResult"), ("DBOS.patch-p",), ("own",)]


def test_a_coroutine_runs_where_it_is_awaited() -> None:
    module = coroutine(
        "p = f(x)\nawait second(x)\nawait p", before="async def f(n):\n    await first(n)"
    )
    assert [node.name for node in flow_of(module).nodes if node.kind == "step"] == [
        "second",
        "first",
    ]


def test_every_edge_and_value_is_within_its_flow() -> None:
    made = flow_of(sync("for i in x:\n    try:\n        a(i)\n    finally:\n        b(i)\nc(x)"))
    assert flow.from_json(flow.to_json(made), "lock") == made
    assert {edge.target for edge in made.edges} == set(range(1, len(made.nodes)))


@pytest.mark.parametrize(
    "damage",
    [
        None,
        [],
        {},
        {"nodes": [], "edges": [], "values": []},
        {"nodes": [{"kind": "end"}], "edges": [], "values": []},
        {"nodes": [{"kind": "magic"}], "edges": [], "values": []},
        {"nodes": [{"kind": "begin"}], "edges": ["0 7"], "values": []},
        {"nodes": [{"kind": "begin"}], "edges": ["x"], "values": []},
        {"nodes": [{"kind": "begin"}], "edges": [[0, 0, ""]], "values": []},
        {"nodes": [{"kind": "begin", "value": 3}], "edges": [], "values": []},
        {"nodes": [{"kind": "begin"}], "edges": [], "values": ["merge @0 0"]},
        {"nodes": [{"kind": "begin"}], "edges": [], "values": ["abc 0"]},
        {"nodes": [{"kind": "begin"}], "edges": [], "values": ["abc @9"]},
        {"nodes": [{"kind": "begin", "recorded": "a"}], "edges": [], "values": []},
    ],
)
def test_a_damaged_flow_is_refused_with_its_origin(damage: object) -> None:
    with pytest.raises(ManifestError, match=r"^some\.lock: has a damaged flow graph"):
        flow.from_json(damage, "some.lock")


def test_flows_are_the_same_under_every_hash_seed_and_python() -> None:
    others = sorted(Path.home().glob(".pyenv/versions/3.1[23].*/bin/python"))[:2]
    code = (
        "import json; from support.flows import *; from pathlib import Path;"
        "from dbos_build import flow;"
        f"found = changes(Path({str(Path(__file__).parent / 'changes.md')!r}))[::12];"
        "print(json.dumps([flow.to_json(flow_of(each.old)) for each in found]))"
    )
    paths = os.pathsep.join(str(ROOT / each) for each in ("compiler", "templates", "tests"))
    printed = {
        subprocess.run(
            [str(python), "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for python, seed in [(sys.executable, "0"), (sys.executable, "77")]
        + [(str(other), "5") for other in others]
    }
    assert len(printed) == 1


def test_the_places_of_nodes_are_those_of_the_source() -> None:
    files = {"app.py": HEAD + sync("a(x)\nif x:\n    b(x)")}
    program = analysed(files)
    main = next(each for each in program.workflows if each.name == "main")
    lines = files["app.py"].splitlines()
    for node in flow.build(program, main).nodes:
        path, line, column = flow.places(program, main)[node.number]
        assert path == "app.py"
        if node.kind == "step":
            assert lines[line - 1][column - 1 :].startswith(node.text)


def test_the_flows_of_the_example_take_no_time() -> None:
    files = {
        path.relative_to(SHOP).as_posix(): path.read_text(encoding="utf-8")
        for path in SHOP.rglob("*.py")
    }
    program = analysed(files)
    began = time.process_time()
    made = {each.name: flow.build(program, each) for each in program.workflows}
    assert time.process_time() - began < 0.4
    assert {node.kind for node in made["checkout"].nodes} >= {"step", "recv", "branch"}


@pytest.mark.parametrize(
    "module",
    [
        sync("\n".join(f"v{i} = a(x, {i})" for i in range(1000))),
        sync("\n".join(f"for i in x:\n    if a(i):\n        b({k})" for k in range(120))),
        sync(
            "f0(x)",
            before="".join(
                f"def f{i}(n):\n    f{i + 1}(n)\n    f{i + 1}(n + 1)\n" for i in range(18)
            )
            + "def f18(n):\n    a(n)\n",
        ),
        sync(
            "a(f0(x))",
            before="".join(
                f"def f{i}(n):\n    return f{i + 1}(n) + f{i + 1}(n + 1)\n" for i in range(22)
            )
            + "def f22(n):\n    return n\n",
        ),
    ],
    ids=["long", "loops", "helpers", "plain helpers"],
)
def test_large_workflows_are_drawn_in_time(module: str) -> None:
    began = time.process_time()
    made = flow_of(module)
    assert len(made.nodes) < 5000
    assert time.process_time() - began < 5
