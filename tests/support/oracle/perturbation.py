"""What differs between two worlds: clock, environment, host, files, network, processes, order.

In: the number of a world. Out: patched modules of this process, which is a world's own process.
Nothing here is used outside the oracle.
"""

from __future__ import annotations

import locale
import os
import platform
import random
import socket
import sys
import time
import types
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.oracle import clocks, effects
from support.oracle.answers import http_clients


class Environment(dict[str, str]):
    """An environment in which every unknown variable is set in some worlds and unset in others."""

    def __init__(self, number: int) -> None:
        super().__init__(os.environ)
        self.number = number

    def __missing__(self, name: str) -> str:
        if self.number % 2:
            return f"{name.lower()}-{self.number}"
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or bool(self.number % 2)


def change_host(number: int) -> None:
    """Another machine, another process, another command line."""
    host = f"host-{number}"
    socket.__dict__.update(gethostname=lambda: host, getfqdn=lambda *_: host)
    uname = os.uname_result(("Linux", host, f"{number}.0", f"#{number}", "x86_64"))
    os.__dict__.update(
        getpid=lambda: 1000 + number,
        getppid=lambda: 100 + number,
        cpu_count=lambda: 2 + number,
        getlogin=lambda: f"user-{number}",
        uname=lambda: uname,
        getloadavg=lambda: (float(number), 0.0, 0.0),
    )
    for name in ("node", "platform", "release", "version", "processor", "python_version"):
        platform.__dict__[name] = lambda *_, name=name: f"{name} {number}"
    locale.__dict__.update(getlocale=lambda *_: (f"xx_{number}", "UTF-8"))
    uuid.__dict__.update(getnode=lambda: 7_000 + number)
    sys.argv = ["program", f"--shard={number}"]


def shuffle_listings(number: int) -> None:
    """The order in which folders list their entries is the file system's business."""
    real_listdir, real_scandir = os.listdir, os.scandir

    def listdir(*place: Any) -> list[str]:
        names = sorted(real_listdir(*place))
        random.Random(number).shuffle(names)
        return names

    class Scan:
        def __init__(self, *place: Any) -> None:
            with real_scandir(*place) as entries:
                self.entries = sorted(entries, key=lambda entry: str(entry.name))
            random.Random(number).shuffle(self.entries)

        def __enter__(self) -> Iterator[Any]:
            return iter(self.entries)

        def __exit__(self, *_: object) -> None:
            return None

        def __iter__(self) -> Iterator[Any]:
            return iter(self.entries)

        def close(self) -> None:
            return None

    os.__dict__.update(listdir=listdir, scandir=Scan)


def create_files(names: set[str], number: int) -> None:
    """Create every relative file that a case names, with another content in each world."""
    for name in sorted(names):
        path = Path(name)
        if path.is_absolute() or ".." in path.parts or number == 3:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{{"value": {number}, "name": "content {number}"}}\n', encoding="utf-8")
    for place in {str(Path(name).parent) for name in names} - {"."}:
        for letter in "abcdefgh":
            (Path(place) / f"{letter}.txt").parent.mkdir(parents=True, exist_ok=True)
            (Path(place) / f"{letter}.txt").write_text(letter, encoding="utf-8")


def change(number: int) -> dict[str, types.ModuleType]:
    """Turn this process into world `number`; the modules to install besides."""
    clocks.shift(number)
    change_host(number)
    shuffle_listings(number)
    effects.replace(number)
    os.__dict__.update(environ=Environment(number))
    time.tzset()
    effects.watch()
    return http_clients(number)
