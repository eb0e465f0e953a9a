"""`dbos-build replay`: from paths and a record to verdicts, lines and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos.replay import history
from dbos.replay.history import History
from dbos_build import cli
from support import replays

ORDERS = """
from dbos import DBOS, DBOSConfiguredInstance
from shop.steps import charge, reserve

@DBOS.workflow()
def checkout(item: str) -> str:
    kept = reserve(item)
    charge(1)
    return kept

@DBOS.dbos_class()
class Till(DBOSConfiguredInstance):
    @DBOS.workflow()
    def sell(self, item: str) -> str:
        return reserve(item)

@DBOS.step()
def alone() -> int:
    return 1
"""
STEPS = """
from dbos import DBOS

print("printed while it is imported")

@DBOS.step()
def reserve(item: str) -> str:
    return item

@DBOS.step()
def charge(amount: int) -> int:
    return amount
"""
MAIN = "from shop.orders import Till\nfront = Till('front')\n"
Replay = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with its sources in a folder of their own."""
    package = tmp_path / "src" / "shop"
    package.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n', encoding="utf-8")
    for name, text in (("__init__", ""), ("orders", ORDERS), ("steps", STEPS), ("main", MAIN)):
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def replay(project: Path, capsys: pytest.CaptureFixture[str]) -> Replay:
    """The command on the project: its exit code, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(["replay", str(project), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def fixture(folder: Path, *histories: History) -> str:
    """A fixture file with these histories."""
    file = folder / "fixture.json"
    file.write_text(history.dump(histories), encoding="utf-8")
    return str(file)


def begun(name: str, workflow_id: str = "w-1", **more: str) -> History:
    """A workflow that has begun, with one argument and nothing on record."""
    inputs = '{"args":["x"],"kwargs":{}}' if name != "<temp>.alone" else '{"args":[],"kwargs":{}}'
    return History(
        workflow_id=workflow_id,
        name=name,
        status="PENDING",
        inputs=inputs,
        serialization="json",
        **more,  # type: ignore[arg-type]
    )


def record(folder: Path, url: str) -> None:
    """Run the checkout of the project on a database."""
    DBOS.destroy(destroy_registry=True)
    sys.path.insert(0, str(folder / "src"))
    try:
        with replays.loaded(folder / "src" / "shop" / "orders.py", "shop_orders") as orders:
            DBOS(config=DBOSConfig(name="shop", system_database_url=url, log_level="ERROR"))
            DBOS.launch()
            for number in range(3):
                with SetWorkflowID(f"order-{number}"):
                    orders.checkout("x")
    finally:
        DBOS.destroy(destroy_registry=True)
        sys.path.remove(str(folder / "src"))
        for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
            del sys.modules[name]


def test_a_change_is_found_in_a_database_and_nothing_is_imported_here(
    project: Path, replay: Replay
) -> None:
    url = f"sqlite:///{project}/shop.sqlite"
    record(project, url)
    code, out, err = replay("--db", url)
    assert (code, out) == (0, "3 workflows replayed: 3 fit\n"), err
    orders = project / "src" / "shop" / "orders.py"
    orders.write_text(ORDERS.replace("charge(1)", "charge(2)"), encoding="utf-8")
    code, out, err = replay("--db", url, "--workflow-id", "order-1")
    assert code == 1, err
    assert out.splitlines()[-1] == "1 workflow replayed: 1 differ"
    assert "order-1  checkout: step 2: charge is called with other arguments" in out
    assert "shop/orders.py:8 in checkout)" in out
    code, out, _ = replay("--db", url, "--limit", "2", "--verbose")
    assert code == 1
    assert out.splitlines()[-1].endswith("; there are more, raise --limit to replay them")
    assert not [name for name in sys.modules if name.partition(".")[0] == "shop"]


def test_json_is_for_scripts(project: Path, replay: Replay) -> None:
    file = fixture(project, begun("checkout"), begun("<temp>.alone", "w-2"), begun("gone", "w-3"))
    code, out, _ = replay("--fixture", file, "--json")
    assert code == 1
    document = json.loads(out)
    assert document["format"] == 1
    assert document["counts"]["fits"] == 2
    assert [one["kind"] for one in document["workflows"]] == ["fits", "fits", "unknown-function"]
    code, out, _ = replay("--fixture", file, "--json", "--name", "checkout", "--status", "PENDING")
    assert (code, len(json.loads(out)["workflows"])) == (0, 1)


def test_instances_are_those_that_the_program_makes(project: Path, replay: Replay) -> None:
    sell = begun("Till.sell", class_name="Till", config_name="front")
    file = fixture(project, sell, begun("checkout", "w-2"))
    code, out, _ = replay("--fixture", file)
    assert code == 1
    assert "no instance 'front' of class 'Till'" in out
    code, out, err = replay("--fixture", file, "--setup", "shop.main:Till.__class__")
    assert code == 2, out
    main = project / "src" / "shop" / "main.py"
    main.write_text(f"def set_up():\n    {MAIN.replace(chr(10), chr(10) + '    ')}\n", "utf-8")
    code, out, err = replay("--fixture", file, "--setup", "shop.main:set_up")
    assert (code, out) == (0, "2 workflows replayed: 2 fit\n"), err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "give either --db or --fixture"),
        (("--db", "sqlite:///no/such.sqlite"), "There is no system database at no/such.sqlite"),
        (("--db", "mysql://x/y"), "mysql"),
        (("--fixture", "no-such-file"), "does not exist"),
    ],
)
def test_bad_questions_are_one_line_and_exit_code_2(
    arguments: tuple[str, ...], told: str, replay: Replay
) -> None:
    code, _, err = replay(*arguments)
    assert code == 2
    assert told in err
    assert "Traceback" not in err


def test_records_of_another_program_are_bad_input(project: Path, replay: Replay) -> None:
    code, _, err = replay("--fixture", fixture(project, begun("elsewhere")))
    assert code == 2
    assert "no workflow could be run, the first because: no workflow 'elsewhere'" in err


def test_a_module_that_cannot_be_imported_is_named(project: Path, replay: Replay) -> None:
    (project / "src" / "shop" / "steps.py").write_text(
        STEPS + "raise RuntimeError('no configuration')\n", encoding="utf-8"
    )
    code, _, err = replay("--fixture", fixture(project, begun("checkout")))
    assert code == 2
    assert "Module shop.orders cannot be imported: RuntimeError: no configuration" in err


def test_what_need_not_be_imported_may_fail(project: Path, replay: Replay) -> None:
    (project / "src" / "shop" / "broken.py").write_text(
        "from dbos import DBOS\n@DBOS.workflow()\ndef broken() -> None: ...\nraise OSError('x')\n",
        encoding="utf-8",
    )
    file = fixture(project, begun("checkout"))
    assert replay("--fixture", file) == (0, "1 workflow replayed: 1 fit\n", "")
    code, out, err = replay("--fixture", fixture(project, begun("checkout"), begun("gone", "w-2")))
    assert (code, out.splitlines()[-1]) == (1, "2 workflows replayed: 1 fit, 1 have no function")
    assert err == "warning: Module shop.broken cannot be imported: OSError: x\n"


SCRIPT = """
from dataclasses import dataclass
from dbos import DBOS

@dataclass
class Order:
    item: str

@DBOS.step()
def keep(order: Order) -> Order:
    return order

@DBOS.workflow()
def order(item: str) -> str:
    return keep(Order(item)).item

if __name__ == "__main__":
    import sys
    DBOS(config={"name": "script", "system_database_url": sys.argv[1], "log_level": "ERROR"})
    DBOS.launch()
    order("book")
    DBOS.destroy()
"""


def test_what_a_script_recorded_is_replayed_from_its_module(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "app.py"
    script.write_text(SCRIPT, encoding="utf-8")
    url = f"sqlite:///{tmp_path}/script.sqlite"
    subprocess.run([sys.executable, str(script), url], check=True, timeout=60, cwd=tmp_path)
    assert cli.run(["replay", str(script), "--db", url]) == 0, capsys.readouterr()
    script.write_text(SCRIPT.replace("Order(item)", 'Order("x")'), encoding="utf-8")
    assert cli.run(["replay", str(script), "--db", url]) == 1
    assert "step 1: keep is called with other arguments" in capsys.readouterr().out


def test_a_thousand_histories_take_one_process(project: Path, replay: Replay) -> None:
    url = f"sqlite:///{project}/shop.sqlite"
    record(project, url)
    (one,) = [
        found for found in history.load(_exported(url), "export") if found.workflow_id == "order-0"
    ]
    many = json.loads(history.dump([one]))
    many["workflows"] = [
        {**many["workflows"][0], "workflow_id": f"order-{number}"} for number in range(1_000)
    ]
    file = project / "many.json"
    file.write_text(json.dumps(many), encoding="utf-8")
    code, out, err = replay("--fixture", str(file))
    assert (code, out) == (0, "1000 workflows replayed: 1000 fit\n"), err


def _exported(url: str) -> str:
    from dbos.replay import stored
    from dbos.system.existing import open_existing

    system = open_existing(url)
    try:
        known = stored.select(system)
        return history.dump(stored.named(system, [one.workflow_id for one in known]))
    finally:
        system.close()
