"""The wall: while it is up, nothing that runs in this process reaches the world outside.

In: a block of code. Out: the same, with files, network, processes, databases and waiting refused;
the first refusal is kept with the line of the program that tried. Never in the way of importing
modules, of reading code and the resources of installed packages, or of writing to open streams.

Python tells an audit hook before it opens, connects or starts anything. A hook cannot be taken out
again, so this one asks whether the wall is up. What C libraries do by themselves it does not hear:
the drivers of Postgres, once imported, are therefore replaced by name.
"""

from __future__ import annotations

import contextlib
import os
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dbos.error import DBOSBaseException
from dbos.replay import places
from dbos.replay.places import Place

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_CODE = (".py", ".pyc", ".pyi", ".so", ".pyd", ".dll")
_DEVICES = frozenset(("/dev/null", "/dev/urandom", "/dev/random", "nul"))

_FILES = "touches files"
_NETWORK = "uses the network"
_PROCESS = "starts a process"
_SIGNAL = "signals a process"
_DATABASE = "opens a database"
_DRIVER = "reaches a database"

REFUSED: dict[str, str] = {
    **dict.fromkeys(
        (
            *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink"),
            *("os.truncate", "os.chmod", "os.chown", "os.chflags", "os.utime", "os.listdir"),
            *("os.scandir", "os.chdir", "os.setxattr", "os.removexattr", "os.lockf"),
            *("tempfile.mkstemp", "tempfile.mkdtemp", "glob.glob", "fcntl.flock", "fcntl.lockf"),
            *("shutil.copyfile", "shutil.copymode", "shutil.copystat", "shutil.copytree"),
            *("shutil.move", "shutil.rmtree", "shutil.chown", "shutil.make_archive"),
            "shutil.unpack_archive",
        ),
        _FILES,
    ),
    **dict.fromkeys(
        (
            *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"),
            *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
            *("socket.getnameinfo", "urllib.Request", "http.client.connect", "webbrowser.open"),
            *("smtplib.connect", "ftplib.connect", "imaplib.open", "poplib.connect"),
        ),
        _NETWORK,
    ),
    **dict.fromkeys(
        (
            *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"),
            *("os.fork", "os.forkpty", "os.startfile", "pty.spawn"),
        ),
        _PROCESS,
    ),
    **dict.fromkeys(("os.kill", "os.killpg", "signal.pthread_kill"), _SIGNAL),
    "sqlite3.connect": _DATABASE,
    "builtins.input": "waits for input",
    "time.sleep": "waits for the clock",
}
_DRIVERS = (
    ("psycopg", None, "connect"),
    ("psycopg", "Connection", "connect"),
    ("psycopg", "AsyncConnection", "connect"),
    ("psycopg2", None, "connect"),
)


class DBOSReplayRefused(DBOSBaseException):
    """The code of a replayed workflow tried to reach the world outside."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused: what it would have done, by which call, at which line of the program."""

    what: str
    call: str
    place: Place | None


class Wall:
    """Remembers what was refused while it stands."""

    def __init__(self) -> None:
        self.first: Refusal | None = None
        # a redacted value was looked at here first; () when no line of the program is known
        self.needs: Place | tuple[()] | None = None

    def need(self) -> None:
        """Note that the program looked at a value that nobody has."""
        if self.needs is None:
            self.needs = places.calling() or ()

    def refuse(self, what: str, call: str) -> None:
        """Raise ``DBOSReplayRefused``, and keep what was tried when it is the first."""
        refusal = Refusal(what, call, places.calling())
        if self.first is None:
            self.first = refusal
        raise DBOSReplayRefused(f"{call} {what}; in a replay only the record may answer")


_standing: Wall | None = None
_hooked = False


def standing() -> Wall | None:
    """The wall that is up now."""
    return _standing


@contextlib.contextmanager
def up() -> Iterator[Wall]:
    """Keep the code of this block, in all threads, away from the world."""
    global _standing, _hooked
    if not _hooked:
        sys.addaudithook(_hear)
        _hooked = True
    _replace_drivers()
    former, _standing = _standing, Wall()
    try:
        yield _standing
    finally:
        _standing = former


def _hear(event: str, args: tuple[Any, ...]) -> None:
    wall = _standing
    if wall is None:
        return
    if event == "open":
        what = _judge_open(args)
    else:
        what = REFUSED.get(event, "")
    if what and not places.importing():
        wall.refuse(what, _spell(event, args))


def _judge_open(args: tuple[Any, ...]) -> str:
    """What is wrong with opening a file; "" when nothing is."""
    path, mode, flags = args
    if isinstance(path, int):
        return ""
    try:
        name = os.fsdecode(path)
    except TypeError:
        return ""
    if name in _DEVICES:
        return ""
    if (isinstance(mode, str) and set(mode) & set("wax+")) or (flags or 0) & _WRITING:
        return "writes a file"
    known = (*places.INSTALLED, *zoneinfo.TZPATH)
    if name.endswith(_CODE) or os.path.realpath(name).startswith(known):
        return ""
    return "reads a file"


def _spell(event: str, args: tuple[Any, ...]) -> str:
    shown = [repr(one) for one in args[:1] if isinstance(one, str | bytes | int | float | list)]
    return f"{event}({', '.join(shown):.80})"


def _replace_drivers() -> None:
    """Put a door that asks for the wall before what only C code would do."""
    for module_name, class_name, function_name in _DRIVERS:
        module = sys.modules.get(module_name)
        holder: Any = getattr(module, class_name, None) if class_name else module
        found = None if holder is None else getattr(holder, function_name, None)
        if found is None or hasattr(found, "__dbos_door__"):
            continue
        setattr(holder, function_name, _door(found, f"{module_name}.{function_name}"))


def _door(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def door(*args: Any, **kwargs: Any) -> Any:
        wall = _standing
        if wall is not None:
            wall.refuse(_DRIVER, name)
        return function(*args, **kwargs)

    door.__dbos_door__ = True  # type: ignore[attr-defined]
    return door
