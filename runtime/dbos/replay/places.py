"""Places: which line of the user's program is running.

In: the stack. Out: the innermost frame that is neither ours, nor of the standard library, nor of an
installed package. Never reads a file.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

_OURS = str(Path(__file__).resolve().parent.parent) + os.sep
_SCHEME = sysconfig.get_paths()
# Standard library and installed packages; their own resources lie there, too.
INSTALLED = tuple(
    sorted(
        {
            os.path.realpath(path) + os.sep
            for key in ("stdlib", "platstdlib", "purelib", "platlib")
            if (path := _SCHEME.get(key))
        }
    )
)
_HOME = Path.cwd()
_sent_from = threading.local()


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the program: the file (relative to where the replay began), line and function."""

    path: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} in {self.function}"


def is_users(file: str) -> bool:
    """Whether a file is a part of the user's program."""
    if file.startswith(("<", _OURS)):
        return False
    return not os.path.realpath(file).startswith((*INSTALLED, _OURS))


def _frames(start: FrameType | None) -> Iterator[FrameType]:
    while start is not None:
        yield start
        start = start.f_back


def calling() -> Place | None:
    """The innermost line of the user's program on the stack of the calling thread.

    In a thread that runs nothing of the program, it is the line that handed work to the thread.
    """
    for frame in _frames(sys._getframe(1)):
        code = frame.f_code
        if is_users(code.co_filename):
            return of_frame(frame)
    return getattr(_sent_from, "place", None)


def sent(work: Callable[..., T]) -> Callable[..., T]:
    """``work`` for another thread, which remembers the line that sent it."""
    place = calling()

    def remembering(*args: Any) -> T:
        _sent_from.place = place
        return work(*args)

    return remembering


def of_frame(frame: FrameType, line: int | None = None) -> Place:
    """The place at which a frame stands, or another ``line`` of it."""
    code = frame.f_code
    path = Path(code.co_filename)
    if path.is_relative_to(_HOME):
        path = path.relative_to(_HOME)
    return Place(path.as_posix(), line or frame.f_lineno, code.co_qualname)


def of_error(error: BaseException) -> Place | None:
    """The innermost line of the user's program that an exception passed."""
    found: Place | None = None
    trace = error.__traceback__
    while trace is not None:
        if is_users(trace.tb_frame.f_code.co_filename):
            found = of_frame(trace.tb_frame, trace.tb_lineno)
        trace = trace.tb_next
    return found


def importing() -> bool:
    """Whether the calling thread is importing a module just now."""
    return any(
        frame.f_code.co_filename.startswith("<frozen importlib")
        for frame in _frames(sys._getframe(1))
    )
