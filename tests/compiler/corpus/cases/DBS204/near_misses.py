"""Command lines as text, results as data, and processes run in steps."""

import os
import shlex
import signal
import subprocess

from dbos import DBOS


@DBOS.step()
def build(name: str) -> int:
    return subprocess.run(["make", name]).returncode


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Machine:
    def run(self, name: str) -> str:
        return f"ran {name}"

    def kill(self, name: str) -> str:
        return f"killed {name}"


def system(name: str) -> str:
    return f"system {name}"


@DBOS.workflow()
def quoted(name: str) -> str:
    command = f"ls {shlex.quote(name)}"
    save(name, command)
    return shlex.join(shlex.split(command))


@DBOS.workflow()
def in_a_step(name: str) -> int:
    return build(name)


@DBOS.workflow()
def own_run(name: str) -> str:
    machine = Machine()
    save(name, machine.run(name))
    return machine.kill(name)


@DBOS.workflow()
def own_system(name: str) -> str:
    save(name, system(name))
    return os.sep + system(name)


@DBOS.workflow()
def failure_of_a_step(name: str) -> int:
    try:
        return build(name)
    except subprocess.CalledProcessError as error:
        return int(error.returncode)


@DBOS.workflow()
def signal_number(name: str) -> int:
    number = signal.SIGTERM.value
    save(name, number)
    return number


@DBOS.workflow()
def result_value(name: str) -> str:
    done = subprocess.CompletedProcess(["make"], 0, "output", "")
    save(name, done.stdout)
    return str(done.stdout)
