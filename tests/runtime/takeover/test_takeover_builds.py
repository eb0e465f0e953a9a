"""From source to take-over: a program is built, killed, changed, built again and launched again.

What `build` proves, `stranded` says and the runtime does have to be one and the same. How each
database takes over is tested in test_takeover_processes.py; here, each has one of the programs.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbos_build import cli
from support.behaviour import SystemTables, eventually
from support.crash_process import PROGRAMS

SHOP = """\
import fcntl
from pathlib import Path

from dbos import DBOS


def note(what: str) -> None:
    with Path("ledger").open("a", encoding="utf-8") as file:
        file.write(what + "\\n")


@DBOS.step()
def reserve(order: str) -> str:
    note("reserve")
    return order


@DBOS.step()
def charge(order: str) -> str:
    note("charge begins")
    with Path("gate").open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
    note("charge")
    return order


@DBOS.step()
def ship(order: str) -> str:
    note("ship")
    return order


@DBOS.workflow()
def checkout(order: str) -> str:
    reserve(order)
    charge(order)
    return "first"
"""
APPENDED = SHOP.replace('    return "first"', '    ship(order)\n    return "second"')
PRINTED = APPENDED.replace('    return "second"', '    ship("again")\n    return "third"')
INSERTED = SHOP.replace(
    "    charge(order)\n    return", "    ship(order)\n    charge(order)\n    return"
)


class Shop:
    """The program's folder, its builds and its workers."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self._workers: list[subprocess.Popen[str]] = []
        (folder / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
        self._gate = (folder / "gate").open("w")
        fcntl.flock(self._gate, fcntl.LOCK_EX)

    def build(self, source: str) -> None:
        (self.folder / "shop.py").write_text(source, encoding="utf-8")
        assert cli.run(["build", str(self.folder)]) == 0
        assert cli.run(["verify", str(self.folder)]) == 0

    def worker(self, *ids: str, **config: Any) -> subprocess.Popen[str]:
        given = {"name": "shop", "system_database_url": self.url, **config}
        with (self.folder / "errors").open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, str(PROGRAMS / "shop_worker.py"), json.dumps(given), *ids],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={k: v for k, v in os.environ.items() if not k.startswith("DBOS")},
            )
        self._workers.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "launched\n", self.errors()
        return process

    def result(self, worker: subprocess.Popen[str], workflow_id: str) -> str:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(f"{workflow_id}\n")
        worker.stdin.flush()
        return worker.stdout.readline().strip()

    def kill_at_the_gate(self) -> None:
        """Begin a checkout under the present build and kill it while the order is charged."""
        worker = self.worker("order-1")
        eventually(lambda: self.ledger()[-1:] == ["charge begins"], "the charge begins", 30)
        worker.kill()
        worker.wait(30)

    def ledger(self) -> list[str]:
        path = self.folder / "ledger"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def errors(self) -> str:
        return (self.folder / "errors").read_text(encoding="utf-8")

    def open_gate(self) -> None:
        fcntl.flock(self._gate, fcntl.LOCK_UN)

    def stranded(self, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
        """What `dbos-build stranded` says of the one workflow."""
        capsys.readouterr()
        code = cli.run(["stranded", str(self.folder), "--db", self.url, "--output-format", "json"])
        (group,) = json.loads(capsys.readouterr().out)["groups"]
        assert group["ids"] == ["order-1"]
        return code, group

    def close(self) -> None:
        self.open_gate()
        for worker in self._workers:
            for stream in (worker.stdin, worker.stdout):
                with contextlib.suppress(OSError):
                    assert stream is not None
                    stream.close()
            try:
                worker.wait(10)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait(10)
        self._gate.close()


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    folder = tmp_path / "shop"
    folder.mkdir()
    made = Shop(folder, database_url)
    yield made
    made.close()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_proof_leads_over_a_build_that_never_ran(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.build(SHOP)
    shop.kill_at_the_gate()
    shop.build(APPENDED)
    shop.build(PRINTED)
    code, group = shop.stranded(capsys)
    assert (code, group["verdict"]) == (0, "proven")
    assert "by way of" in group["builds"][0]["reason"]
    cautious = shop.worker()
    eventually(lambda: 'config {"take_over": "proven-safe"}' in shop.errors(), "the report")
    assert SystemTables(shop.url).query(
        f"SELECT status FROM {SystemTables(shop.url).table('workflow_status')}"
    ) == [("PENDING",)]
    cautious.kill()
    worker = shop.worker(take_over="proven-safe")
    shop.open_gate()
    assert shop.result(worker, "order-1") == "third"
    assert shop.ledger() == ["reserve", "charge begins", "charge begins", "charge", "ship", "ship"]
    assert "Took over workflow 'order-1' ('checkout') of version v1-" in shop.errors()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_change_that_breaks_the_record_is_never_taken_over(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.build(SHOP)
    former = (shop.folder / "dbos-build.lock").read_text(encoding="utf-8")
    shop.kill_at_the_gate()
    shop.build(INSERTED)
    assert '"takes_over"' not in (shop.folder / "dbos-build.lock").read_text(encoding="utf-8")
    (shop.folder / "former.lock").write_text(former, encoding="utf-8")
    code, group = shop.stranded(capsys)
    # Only "reserve" is recorded, so the names fit; that is no proof.
    assert (code, group["verdict"]) == (1, "fits")
    assert "nothing is known of version v1-" in group["builds"][0]["reason"]
    arguments = ["stranded", str(shop.folder), "--db", shop.url]
    assert cli.run([*arguments, "--build", str(shop.folder / "former.lock")]) == 0
    assert "breaking: " in capsys.readouterr().out
    shop.worker(take_over="proven-safe")
    eventually(lambda: "nothing proves that it fits" in shop.errors(), "the report")
    assert shop.ledger() == ["reserve", "charge begins"]
