"""What differs between two worlds: clock, environment, host, files, network, processes, order.

In: the number of a world. Out: patched modules of this process, which is a world's own process.
Nothing here is used outside the oracle.
"""

from __future__ import annotations

import datetime
import io
import os
import random
import socket
import subprocess
import time
import types
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DAY_SECONDS = 86_400


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


def shift_clock(number: int) -> None:
    """Move every clock by some days, hours and a bit."""
    offset = number * (17 * DAY_SECONDS + 3 * 3600 + 61.5)
    real_time, real_datetime = time.time, datetime.datetime

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return real_datetime.now(tz) + datetime.timedelta(seconds=offset)

        @classmethod
        def utcnow(cls) -> Any:
            return real_datetime.fromtimestamp(real_time() + offset, datetime.UTC)

        @classmethod
        def today(cls) -> Any:
            return cls.now()

    class ShiftedDate(datetime.date):
        @classmethod
        def today(cls) -> Any:
            return (real_datetime.now() + datetime.timedelta(seconds=offset)).date()

    namespace: dict[str, Any] = {"datetime": Shifted, "date": ShiftedDate}
    datetime.__dict__.update(namespace)
    moved: dict[str, Any] = {
        "time": lambda: real_time() + offset,
        "time_ns": lambda: int((real_time() + offset) * 1e9),
        "sleep": lambda _seconds: None,
    }
    for name in ("localtime", "gmtime", "ctime"):
        moved[name] = _default_now(getattr(time, name), real_time, offset)
    real_strftime = time.strftime
    moved["strftime"] = lambda form, moment=None: real_strftime(form, moment or moved["gmtime"]())
    time.__dict__.update(moved)


def _default_now(function: Any, real_time: Any, offset: float) -> Any:
    return lambda *when: function(*when) if when else function(real_time() + offset)


def change_host(number: int) -> None:
    """Another host name, another command line, another result of every command."""
    patched: dict[str, Any] = {"gethostname": lambda: f"host-{number}"}
    socket.__dict__.update(patched)

    def no_connection(*_: Any, **__: Any) -> Any:
        raise OSError(f"no route in world {number}")

    socket.__dict__.update(create_connection=no_connection)
    socket.socket.connect = no_connection  # type: ignore[method-assign]
    done = subprocess.CompletedProcess([], number, f"output {number}\n", "")
    subprocess.__dict__.update(
        run=lambda *_, **__: done,
        call=lambda *_, **__: number,
        check_output=lambda *_, **__: f"output {number}\n",
    )
    os.__dict__.update(system=lambda _command: number, getpid=lambda: 1000 + number)
    urllib.request.__dict__.update(urlopen=lambda *_, **__: Answer(number))


class Answer(io.BytesIO):
    """What the network says in this world."""

    status = 200

    def __init__(self, number: int) -> None:
        super().__init__(str(number).encode())
        self.number = number

    text = property(lambda self: f"answer {self.number}")
    status_code = property(lambda self: 200 + self.number)

    def json(self) -> dict[str, Any]:
        return {"value": self.number, "status": f"answer {self.number}"}

    def raise_for_status(self) -> None:
        return None


class Client:
    """An HTTP session in this world."""

    number = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        self.headers: dict[str, str] = {}

    def get(self, *_: Any, **__: Any) -> Answer:
        return Answer(self.number)

    post = put = delete = request = get

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def close(self) -> None:
        return None


def http_clients(number: int) -> dict[str, types.ModuleType]:
    """Stand-ins for the HTTP libraries that cases use."""
    Client.number = number
    found = {}
    for name, client in (("requests", "Session"), ("httpx", "Client")):
        module = types.ModuleType(name)
        client_class = type(client, (Client,), {})
        errors = {error: type(error, (OSError,), {}) for error in ("Timeout", "HTTPError")}
        call = Client().get
        verbs = dict.fromkeys(("get", "post", "put", "delete", "request"), call)
        module.__dict__.update({client: client_class, "Response": Answer}, **errors, **verbs)
        found[name] = module
    return found


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
        if not path.exists():
            path.write_text(f"{number}{'0' * number}", encoding="utf-8")
    folder = Path("orders")
    if not folder.exists():
        folder.mkdir()
        for letter in "abcdefgh":
            (folder / f"{letter}.txt").write_text(letter, encoding="utf-8")


def change(number: int) -> dict[str, types.ModuleType]:
    """Turn this process into world `number`; the modules to install besides."""
    shift_clock(number)
    change_host(number)
    shuffle_listings(number)
    os.__dict__.update(environ=Environment(number))
    time.tzset()
    return http_clients(number)
