"""Effects: a world sees when a workflow reaches out of its process while no step runs.

In: calls of the standard library, seen through audit events and replaced functions. Out: notes on
the running workflow's tape. An effect outside a step is done again by every replay, so it counts as
a difference whatever it returned. Nothing here is used outside the oracle.
"""

from __future__ import annotations

import asyncio
import builtins
import concurrent.futures
import contextvars
import functools
import getpass
import io
import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from support.oracle import recorder
from support.oracle.answers import Answer

AUDITED = {
    "open": "file",
    "glob.glob": "file",
    "sqlite3.connect": "database",
    "webbrowser.open": "process",
    "os.putenv": "environment",
    "os.unsetenv": "environment",
}
AUDITED_FAMILIES = {
    "shutil.": "file",
    "tempfile.": "file",
    "subprocess.": "process",
    "socket.": "network",
    "smtplib.": "network",
    "ftplib.": "network",
    "imaplib.": "network",
    "poplib.": "network",
    "urllib.": "network",
    "http.client.": "network",
}
FILE_VERBS = ("listdir", "scandir", "mkdir", "rename", "remove", "rmdir", "truncate", "symlink")
PROCESS_VERBS = ("system", "exec", "fork", "posix_spawn", "kill", "killpg", "spawn")
AUDITED |= {f"os.{verb}": "file" for verb in FILE_VERBS}
AUDITED |= {f"os.{verb}": "process" for verb in PROCESS_VERBS}
HARMLESS_SOCKET_EVENTS = {"socket.__new__", "socket.gethostname"}
# Reading code and time zones is part of running Python, not something a workflow does.
OWN_FILES = (".py", ".pyc", ".so", "/zoneinfo", "localtime", "/dev/null")


def watch() -> None:
    """Start to note effects; from here on, for the life of the process."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    kind = AUDITED.get(event)
    if kind is None:
        family = event[: event.find(".") + 1]
        if event in HARMLESS_SOCKET_EVENTS or family not in AUDITED_FAMILIES:
            return
        kind = AUDITED_FAMILIES[family]
    if event == "open" and _is_own(arguments[0]):
        return
    recorder.note(kind)


def _is_own(file: object) -> bool:
    name = os.fsdecode(file) if isinstance(file, str | bytes | os.PathLike) else ""
    return not name or name.endswith(OWN_FILES) or "zoneinfo" in name or name.startswith(sys.prefix)


def noting(kind: str, answer: Callable[..., Any]) -> Callable[..., Any]:
    """A replacement for a function that reaches out: it notes the effect, then answers."""

    def reach(*args: Any, **kwargs: Any) -> Any:
        recorder.note(kind)
        return answer(*args, **kwargs)

    return reach


def replace(number: int) -> None:
    """Replace what must not really happen, or what no audit event tells of."""
    _replace_processes(number)
    _replace_network(number)
    _replace_threads()
    _replace_asyncio(number)
    time.__dict__.update(sleep=noting("wait", lambda _seconds: None))
    sqlite3.__dict__.update(connect=functools.partial(sqlite3.connect, factory=Connection))
    typed = noting("input", lambda *_: f"typed {number}")
    builtins.__dict__.update(input=typed, breakpoint=noting("input", lambda *_: None))
    getpass.__dict__.update(getpass=typed, getuser=lambda: f"user-{number}")
    sys.stdin = io.StringIO(f"typed {number}\nand {number}\n")
    alarm = noting("alarm", lambda *_: 0)
    signal.__dict__.update(alarm=alarm, setitimer=alarm)


def _replace_processes(number: int) -> None:
    text = f"output {number}\n"
    done = subprocess.CompletedProcess([], number, text, "")
    subprocess.__dict__.update(
        run=noting("process", lambda *_, **__: done),
        call=noting("process", lambda *_, **__: number),
        check_call=noting("process", lambda *_, **__: 0),
        check_output=noting("process", lambda *_, **__: text),
        getoutput=noting("process", lambda *_, **__: text),
    )
    os.__dict__.update(
        system=noting("process", lambda _command: number),
        popen=noting("process", lambda *_: io.StringIO(text)),
        kill=noting("process", lambda *_: None),
    )


def _replace_network(number: int) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        recorder.note("network")
        raise OSError(f"no route in world {number}")

    socket.__dict__.update(create_connection=refuse, gethostbyname=refuse)
    socket.socket.connect = refuse  # type: ignore[method-assign]
    asyncio.__dict__.update(open_connection=refuse)
    urllib.request.__dict__.update(
        urlopen=noting("network", lambda *_, **__: Answer(number)),
        urlretrieve=noting("network", lambda *_, **__: (f"file-{number}", {})),
    )


class Connection(sqlite3.Connection):
    """A connection whose statements are effects."""

    def execute(self, *args: Any) -> sqlite3.Cursor:
        recorder.note("database")
        return super().execute(*args)

    def commit(self) -> None:
        recorder.note("database")
        super().commit()

    def cursor(self, *_: Any, **__: Any) -> Any:
        return super().cursor(Cursor)


class Cursor(sqlite3.Cursor):
    """A cursor whose statements are effects."""

    def execute(self, *args: Any) -> Any:
        recorder.note("database")
        return super().execute(*args)


def _replace_threads() -> None:
    real_start = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        recorder.note("thread")
        # What a step starts belongs to the step, so the thread inherits where it was started.
        thread.run = functools.partial(  # type: ignore[method-assign]
            contextvars.copy_context().run, thread.run
        )
        real_start(thread)

    patched: Any = threading.Thread
    patched.start = start
    nothing = noting("thread", lambda *_, **__: None)
    process: Any = multiprocessing.Process
    process.start, process.join = nothing, lambda *_: None
    threads = concurrent.futures.ThreadPoolExecutor
    concurrent.futures.__dict__.update(ProcessPoolExecutor=threads)
    multiprocessing.__dict__.update(Pool=InlinePool)


class InlinePool:
    """A `multiprocessing.Pool` that works here and now."""

    def __init__(self, *_: Any) -> None:
        recorder.note("thread")

    def map(self, function: Callable[[Any], Any], values: Any) -> list[Any]:
        """Apply the function to each value."""
        return [function(value) for value in values]

    def __enter__(self) -> InlinePool:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def _replace_asyncio(number: int) -> None:
    real_sleep, real_wait_for, real_timeout = asyncio.sleep, asyncio.wait_for, asyncio.timeout
    hurried = number % 2 == 1

    async def sleep(delay: float, result: Any = None) -> Any:
        if delay > 0:
            recorder.note("wait")
        await real_sleep(0)
        return result

    async def wait_for(awaitable: Any, timeout: float | None) -> Any:
        rushed = hurried and not recorder.inside_step.get()
        return await real_wait_for(awaitable, 0 if rushed else timeout)

    def timeout(delay: float | None) -> Any:
        rushed = hurried and not recorder.inside_step.get()
        return real_timeout(0 if rushed else delay)

    async def to_thread(function: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    asyncio.__dict__.update(sleep=sleep, wait_for=wait_for, timeout=timeout, to_thread=to_thread)
