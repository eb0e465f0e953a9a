"""The analysis survives any code: library functions as workflows, hostile recursion, any seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dbos_build.interpreter import knowledge
from dbos_build.interpreter.engine import Engine
from dbos_build.names.symbols import Symbols, all_functions
from dbos_build.reading.module import parse
from dbos_build.reading.sources import Source
from support.analysis import findings

LIBRARY = Path(os.__file__).parent
PACKAGES = ("json", "logging", "concurrent", "collections")
MODULES = ("ast", "dataclasses", "enum", "functools", "pickle", "typing", "subprocess")


@pytest.mark.parametrize("name", [*PACKAGES, *MODULES])
def test_every_function_of_the_library_can_be_a_workflow(name: str) -> None:
    """Nothing raises, and the work ends."""
    folder = LIBRARY / name
    files = sorted(folder.rglob("*.py")) if folder.is_dir() else [LIBRARY / f"{name}.py"]
    sources = [
        Source(
            ".".join(path.relative_to(LIBRARY).parts)[:-3].removesuffix(".__init__"),
            path.relative_to(LIBRARY).as_posix(),
            path.read_text("utf-8"),
            is_package=path.name == "__init__.py",
        )
        for path in files
    ]
    engine = Engine(Symbols(parse(source) for source in sources), knowledge.load())
    count = 0
    for scope in engine.symbols.scopes.values():
        for function in all_functions(scope):
            engine.root(function)
            count += 1
    engine.settle()
    assert count > 5


HOSTILE = {
    "self-recursion": "def f(x):\n    return f(f)\n",
    "mutual": "def f(x):\n    return g([x])\n\ndef g(x):\n    return f([x])\n",
    "growing-tuple": "def f(x):\n    return f((x, x))\n",
    "growing-dict": "def f(x):\n    while x:\n        x = {1: x, 2: [x]}\n    return x\n",
    "growing-lambda": "def f(x):\n    return f(lambda: x)\n",
    "growing-partial": "from functools import partial\n\ndef f(x):\n    return f(partial(x, x))\n",
    "class-cycle": "class A(B): pass\nclass B(A): pass\n\ndef f(x):\n    return A().go().go()\n",
    "self-alias": "x = x\ny = z\nz = y\n\ndef f(v):\n    return x(y)(z)\n",
    "decorator-of-itself": "@f\ndef f(x):\n    return f(x)\n",
    "property-cycle": "class A:\n    @property\n    def p(self):\n        return self.p\n\n"
    "def f(x):\n    return A().p.p.p\n",
    "deep-calls": "def f(x):\n    return " + "x(" * 150 + ")" * 150 + "\n",
    "long-chain": "def f(x):\n    return x" + ".a()" * 800 + "\n",
    "import-cycle": "import main\nfrom main import f as g\n\ndef f(x):\n    return main.g(g(x))\n",
    "star-of-itself": "from main import *\n\ndef f(x):\n    return missing(x)\n",
    "many-functions": "\n".join(f"def f{n}(x):\n    return f{n + 1}(f{n})" for n in range(300))
    + "\n\ndef f(x):\n    return f0(x)\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_comes_to_an_end(name: str) -> None:
    start = time.process_time()
    text = f"from dbos import DBOS\n{HOSTILE[name]}\n@DBOS.workflow()\ndef w(x):\n    return f(x)\n"
    findings({"main.py": text})
    assert time.process_time() - start < 5


PROBE = """
import json, sys
from support.analysis import findings
print(json.dumps([[f.path, f.line, f.code, f.message, f.workflow, len(f.chain)]
                  for f in findings(json.load(sys.stdin))]))
"""


def test_the_hash_seed_changes_nothing() -> None:
    """The same findings, messages and chains whatever the order of sets in this process."""
    folder = Path(__file__).parent / "corpus" / "cases"
    files = {
        f"{path.parent.name}_{path.name}": path.read_text("utf-8")
        for path in sorted(folder.glob("DBS[0-5]*/violations.py"))
    }
    outputs = set()
    for seed in ("0", "1", "77"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(
            [sys.executable, "-c", PROBE],
            input=json.dumps(files),
            capture_output=True,
            text=True,
            env=environment,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())) > 100


def test_code_is_never_run() -> None:
    """A program that would end the process, and one that would leave a trace, are only read."""
    text = "import sys\nsys.exit(3)\nraise SystemExit\n__import__('os').mkdir('trace')\n"
    assert findings({"main.py": f"{text}from dbos import DBOS\n"}) == []
    assert not Path("trace").exists()
