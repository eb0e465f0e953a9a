"""Who runs this: the process, the host, the command line, the folder."""

import multiprocessing
import os
import platform
import socket
import sys
import threading
from os import getpid
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def owner() -> str:
    return f"{socket.gethostname()}:{getpid()}"  # flags: DBS303


class Worker:
    def __init__(self) -> None:
        self.name = platform.node()  # flags: DBS303

    @staticmethod
    def size() -> int:
        return os.cpu_count() or 1  # flags: DBS303


@DBOS.workflow()
def locked(name: str) -> str:
    holder = owner()
    save(name, holder)
    return holder


@DBOS.workflow()
def by_worker(name: str) -> str:
    worker = Worker()
    save(name, worker.name)
    return worker.name


@DBOS.workflow()
def batches(names: list[str]) -> int:
    size = Worker.size()
    for number in range(0, len(names) * 3, size):
        save("batch", number)
    return size


@DBOS.workflow()
def by_argument(name: str) -> str:
    shard = sys.argv[1]  # flags: DBS303
    save(name, shard)
    return shard


@DBOS.workflow()
def in_a_folder(name: str) -> str:
    place = os.getcwd()  # flags: DBS303
    save(name, place)
    return str(Path.cwd() / name)  # flags: DBS303


@DBOS.workflow()
def in_a_thread(name: str) -> int:
    number = threading.get_ident()  # flags: DBS303
    save(name, number)
    return number


@DBOS.workflow()
def by_user(name: str) -> str:
    user = os.getlogin()  # flags: DBS303
    save(name, user)
    return user


@DBOS.workflow()
def on_a_platform(name: str) -> str:
    text = platform.platform() + str(multiprocessing.cpu_count())  # flags: DBS303
    save(name, text)
    return text


@DBOS.workflow()
def by_version(name: str) -> str:  # unseen: interpreter
    if sys.version_info >= (3, 12):  # flags: DBS303
        save(name, "new")
    return name


@DBOS.workflow()
def by_executor(name: str) -> str:
    save(name, DBOS.executor_id)  # flags: DBS303
    return name
