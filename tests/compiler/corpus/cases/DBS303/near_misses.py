"""Constants of every interpreter, and identities that are recorded or own."""

import os
import platform
import socket
import sys
import threading

from dbos import DBOS


@DBOS.step()
def host() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{platform.node()}"


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Process:
    def __init__(self, number: int) -> None:
        self.number = number

    def getpid(self) -> int:
        return self.number


def gethostname() -> str:
    return "shop"


def main() -> None:
    save("arguments", sys.argv[1:])


@DBOS.workflow()
def limits(name: str) -> int:
    save(name, sys.maxsize)
    return len(name) + sys.maxunicode


@DBOS.workflow()
def separators(name: str) -> str:
    save(name, os.sep)
    return os.path.join(os.curdir, name)


@DBOS.workflow()
def in_a_step(name: str) -> str:
    holder = host()
    save(name, holder)
    return holder


@DBOS.workflow()
def own_process(number: int) -> int:
    process = Process(number)
    save("number", process.getpid())
    return process.getpid()


@DBOS.workflow()
def own_host(name: str) -> str:
    save(name, gethostname())
    return gethostname()


@DBOS.workflow()
def byte_order(name: str) -> str:
    number = int.from_bytes(name.encode(), "big")
    save(name, number)
    return socket.AF_INET.name


@DBOS.workflow()
def given_arguments(argv: list[str]) -> int:
    save("arguments", argv)
    return len(argv) + threading.TIMEOUT_MAX.__class__.__name__.count("f")
