"""The demonstration: check and build the example shop, kill it in a checkout, restart it, prove it.

In: an empty folder to work in. Out: the lines of a shell session, and whether each step ran once.
Everything is done by the same commands that a reader may type; each runs in a process of its
own, so this module never imports the example. It touches nothing outside the folder given.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import dbos_templates
from dbos_build.error import BuildError

ORDER = "order-1"
ORDER_COMMAND = ("order", ORDER, "gadget=2", "gizmo=1")
WAIT_SECONDS = 60.0


class DemoError(BuildError):
    """The demonstration could not go on; the message says at which command and why."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline: seconds since the epoch, the process, what happened there."""

    at: float
    process: int
    what: str


@dataclass(frozen=True, slots=True)
class Session:
    """A shell session in one folder that is printed while it runs."""

    folder: Path
    say: Callable[[str], None]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command: a SQLite file and a ledger in the folder."""
        database = (self.folder / "widget-store.sqlite").as_posix()
        kept = {name: text for name, text in os.environ.items() if not name.startswith("DBOS")}
        return kept | {
            "DBOS_SYSTEM_DATABASE_URL": f"sqlite:///{database}",
            "SHOP_LEDGER": str(self.folder / "ledger.jsonl"),
            "PYTHONUNBUFFERED": "1",
        }

    def show(self, program: str, *arguments: str, ending: str = "") -> None:
        """Print a command as a reader would type it."""
        self.say(f"\n$ {program} {shlex.join(arguments)}{ending}")

    def build_tool(self, *arguments: str, expected: int = 0) -> str:
        """Run `dbos-build` with `arguments`; its output. Raises DemoError for another exit code."""
        self.show("dbos-build", *arguments)
        return self._run("dbos_build", *arguments, expected=expected)

    def shop(self, *arguments: str) -> str:
        """Run `python -m shop` with `arguments`; its output."""
        self.show("python -m shop", *arguments)
        return self._run("shop", *arguments)

    def _run(self, module: str, *arguments: str, expected: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
            check=False,
        )
        if done.returncode != expected:
            raise DemoError(
                f"{module} {shlex.join(arguments)} ended with exit code {done.returncode}:\n"
                f"{done.stdout}{done.stderr}"
            )
        return done.stdout

    @contextmanager
    def shop_in_background(self, *arguments: str) -> Iterator[Background]:
        """Start `python -m shop` and leave it running; it is killed at the latest on leaving."""
        self.show("python -m shop", *arguments, ending=" &")
        errors = (self.folder / "shop.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "shop", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield Background(process, self)
        finally:
            process.kill()
            process.wait()
            errors.close()
            if process.stdout:
                process.stdout.close()


@dataclass(frozen=True, slots=True)
class Background:
    """A running shop process whose output is read line by line."""

    process: subprocess.Popen[str]
    session: Session

    def next_line(self) -> str:
        """The next line that it prints; raises DemoError when it ends instead."""
        stream: IO[str] | None = self.process.stdout
        line = stream.readline() if stream else ""
        if not line:
            log = (self.session.folder / "shop.log").read_text(encoding="utf-8", errors="replace")
            raise DemoError(f"the shop stopped unexpectedly; it said:\n{log}")
        self.session.say(line.rstrip("\n"))
        return line.strip()

    def kill(self) -> Moment:
        """Kill it as a power cut would, with SIGKILL."""
        number = self.process.pid
        self.session.say(f"\n$ kill -9 {number}")
        os.kill(number, signal.SIGKILL)
        self.process.wait()
        return Moment(at=time.time(), process=number, what="✗ killed with SIGKILL")


def examples_folder() -> Path:
    """Where the examples are: inside the installed package, or in the checkout it comes from."""
    packaged = Path(dbos_templates.__file__).resolve().parent / "examples"
    checkout = Path(__file__).resolve().parents[2] / "examples"
    for folder in (packaged, checkout):
        if (folder / "widget_store" / "shop").is_dir():
            return folder
    raise DemoError(f"the examples are missing: neither {packaged} nor {checkout} holds them")


def copy_examples(folder: Path) -> None:
    """Copy the shop and the package of mistakes into an empty folder."""
    if any(folder.iterdir()):
        raise DemoError(f"{folder} is not empty: name a new or an empty folder")
    ignored = shutil.ignore_patterns("__pycache__", "dbos_registry.py", "dbos-build.lock")
    source = examples_folder()
    shutil.copytree(source / "widget_store", folder, dirs_exist_ok=True, ignore=ignored)
    shutil.copytree(source / "violations" / "orders", folder / "mistakes" / "orders")


def run(folder: Path, say: Callable[[str], None]) -> bool:
    """Run the demonstration in the empty `folder`; True when each step ran exactly once.

    Raises DemoError when a command fails or the folder is not empty.
    """
    copy_examples(folder)
    session = Session(folder, say)
    say(session.build_tool("check", "mistakes", expected=1).rstrip())
    say(session.build_tool("check").rstrip())
    say(session.build_tool("build").rstrip())
    say(session.build_tool("version").rstrip())

    with session.shop_in_background(*ORDER_COMMAND) as first:
        first.next_line()
        killed = first.kill()
    say("The goods are reserved, the customer has the link, and the process is gone. Once more:")
    with session.shop_in_background(*ORDER_COMMAND) as second:
        second.next_line()
        session.shop("pay", ORDER)
        second.next_line()
        say(f"(that was process {second.process.pid})")
    report: dict[str, Any] = json.loads(session.shop("status", ORDER))
    return conclude(report, killed, say)


def conclude(report: dict[str, Any], killed: Moment, say: Callable[[str], None]) -> bool:
    """Print the recorded steps and the timeline; True when it ended and each step ran once."""
    say(f"{ORDER}: {report['status']}, {report['result']} (version {report['version']})")
    say("\nsteps as recorded:")
    for step in report["steps"]:
        say(f"  {step['number']:>3}  {step['name']}")
    effects = [Moment(entry["at"], entry["process"], entry["effect"]) for entry in report["ledger"]]
    say("\nwhat really happened, from the shop's own ledger:")
    start = min(moment.at for moment in [*effects, killed])
    for moment in sorted([*effects, killed], key=lambda moment: moment.at):
        say(f"  +{moment.at - start:6.3f} s  process {moment.process:<7}  {moment.what}")
    repeated = sorted({each.what for each in effects if count(effects, each.what) != 1})
    processes = len({moment.process for moment in effects})
    if repeated or report["status"] != "SUCCESS" or processes != 2:
        say(f"\nNOT proven: ran more than once: {repeated}; processes: {processes}")
        return False
    say(f"\n{len(effects)} steps with effects in {processes} processes: each ran exactly once.")
    return True


def count(effects: list[Moment], what: str) -> int:
    """How often something happened."""
    return sum(moment.what == what for moment in effects)
