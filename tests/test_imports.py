"""What starting up may load: heavy libraries only when the command at hand needs them."""

from __future__ import annotations

import subprocess
import sys

import pytest

TOOLCHAIN = ("dbos_build", "dbos_templates", "dbos_lint")
HEAVY = (
    "libcst",
    "jinja2",
    "mypy",
    "starlette",
    "uvicorn",
    "pygls",
    "psycopg",
    "croniter",
    "tomlkit",
)


def loaded(*arguments: str) -> set[str]:
    """The top-level packages in `sys.modules` when a process ends."""
    code = (
        "import runpy, sys\n"
        "sys.argv = sys.argv[1:]\n"
        "try:\n"
        "    runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)\n"
        "except SystemExit:\n"
        "    pass\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "sys.stderr.write('loaded: ' + ' '.join(sorted(names)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stderr.rpartition("loaded: ")[2].split())


def test_the_runtime_loads_nothing_of_the_toolchain() -> None:
    code = "import dbos, sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert "dbos" in found
    assert found.isdisjoint((*TOOLCHAIN, *HEAVY, "click", "sqlalchemy"))


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help")])
def test_help_loads_nothing_that_it_does_not_need(arguments: tuple[str, ...]) -> None:
    found = loaded("dbos_build", *arguments)
    assert "dbos_build" in found
    assert found.isdisjoint((*HEAVY, "sqlalchemy", "dbos"))


def test_check_needs_neither_libcst_nor_templates() -> None:
    found = loaded("dbos_build", "check", "examples/widget_store")
    assert found.isdisjoint((*HEAVY, "sqlalchemy", "dbos"))
