"""Other processes: run again at every replay."""

import asyncio
import os
import subprocess
from subprocess import check_output, run

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def version(program: str) -> str:
    return check_output([program, "--version"], text=True)  # flags: DBS204


class Converter:
    command = ("convert", "-resize")

    def convert(self, name: str) -> int:
        return subprocess.call([*self.command, name])  # flags: DBS204


@DBOS.workflow()
def built(name: str) -> int:
    done = subprocess.run(["make", name])  # flags: DBS204
    save(name, done.returncode)
    return done.returncode


@DBOS.workflow()
def versioned(name: str) -> str:
    text = version("git")
    save(name, text)
    return text


@DBOS.workflow()
def converted(name: str) -> int:
    code = Converter().convert(name)
    save(name, code)
    return code


@DBOS.workflow()
def shell(name: str) -> int:
    code = os.system(f"ls {name}")  # flags: DBS204
    save(name, code)
    return code


@DBOS.workflow()
def piped(name: str) -> str:
    with os.popen("date") as stream:  # flags: DBS204
        text = stream.read()
    save(name, text)
    return text


@DBOS.workflow()
def ignored_result(names: list[str]) -> None:
    for name in names:
        run(["notify", name], check=False)  # flags: DBS204
    save("names", len(names))


@DBOS.workflow()
def signalled(process: int) -> None:
    os.kill(process, 15)  # flags: DBS204
    save("process", process)
