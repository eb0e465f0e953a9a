"""The clock of a replayed program: it stands still.

In: a moment. Out: ``time`` and ``datetime`` that answer it, wherever the program got them from.
Never changes the clock outside a block: then the replaced functions answer as the real ones do.

The functions and classes are looked for in the modules that are loaded when ``install`` is called;
a function that was kept in a closure or a default argument is not found.
"""

from __future__ import annotations

import contextlib
import datetime
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

from dbos.replay import places, wall

_SECOND_NS = 1_000_000_000
_MOST_READS = 5
_REAL_TYPE: Any = datetime.datetime
_REAL_DATE: Any = datetime.date
_REAL_TIME = time.time
_REAL_SLEEP = time.sleep


class Clock:
    """The moment that is shown, and the lines of the program that looked at it."""

    def __init__(self) -> None:
        self.now_ns: int | None = None
        self.reads: list[str] = []

    def read(self, name: str, depth: int = 2) -> int | None:
        """The moment in nanoseconds, or None when the real clock counts."""
        now = self.now_ns
        if now is not None and len(self.reads) < _MOST_READS:
            frame = sys._getframe(depth)
            if places.is_users(frame.f_code.co_filename):
                note = f"reads the clock: {name} at {places.of_frame(frame)}"
                if note not in self.reads:
                    self.reads.append(note)
        return now


_clock = Clock()


@contextlib.contextmanager
def standing_at(epoch_ms: int) -> Iterator[Clock]:
    """Show this moment inside the block; answers the clock, for what was read."""
    former = _clock.now_ns, _clock.reads
    _clock.now_ns, _clock.reads = epoch_ms * 1_000_000, []
    changed = [_replace_in(module) for module in (time, datetime)]
    try:
        yield _clock
    finally:
        for module, names in zip((time, datetime), changed, strict=True):
            vars(module).update(names)
        _clock.now_ns, _clock.reads = former


def _in_seconds(name: str) -> Callable[[], float]:
    real = getattr(time, name)

    def read() -> float:
        now = _clock.read(f"time.{name}")
        result: float = real() if now is None else now / _SECOND_NS
        return result

    return read


def _in_nanoseconds(name: str) -> Callable[[], int]:
    real = getattr(time, name)

    def read() -> int:
        now = _clock.read(f"time.{name}")
        result: int = real() if now is None else now
        return result

    return read


def _of_moment(name: str, place: int) -> Callable[..., Any]:
    """A function that means "now" when its argument at ``place`` is left out."""
    real = getattr(time, name)
    convert = {"ctime": float, "localtime": float, "gmtime": float}.get(name, time.localtime)

    def read(*args: Any) -> Any:
        if len(args) > place and args[place] is not None:
            return real(*args)
        now = _clock.read(f"time.{name}")
        return real(*args[:place], *([] if now is None else [convert(now / _SECOND_NS)]))

    return read


def _sleep(seconds: float) -> None:
    standing = wall.standing()
    if standing is not None:
        standing.refuse(wall.REFUSED["time.sleep"], f"time.sleep({seconds!r})")
    _REAL_SLEEP(seconds)


class _SameInstances(type):
    """Instances of a replaced class are those of the real one; a subclass has its own."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if cls in _FAKES:
            return isinstance(instance, cls.__mro__[1])
        return super().__instancecheck__(instance)

    def __subclasscheck__(cls, kind: Any) -> bool:
        if cls in _FAKES:
            return issubclass(kind, cls.__mro__[1])
        return super().__subclasscheck__(kind)


class _Datetime(_REAL_TYPE, metaclass=_SameInstances):  # type: ignore[misc]
    """``datetime.datetime`` whose ``now`` is the shown moment; it makes instances of the real."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return _REAL_TYPE.__new__(_real(cls), *args, **kwargs)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        now = _clock.read("datetime.now")
        moment = _REAL_TIME() if now is None else now / _SECOND_NS
        return _real(cls).fromtimestamp(moment, tz)

    @classmethod
    def today(cls) -> Any:
        now = _clock.read("datetime.today")
        return _real(cls).fromtimestamp(_REAL_TIME() if now is None else now / _SECOND_NS)

    @classmethod
    def utcnow(cls) -> Any:
        now = _clock.read("datetime.utcnow")
        moment = _REAL_TIME() if now is None else now / _SECOND_NS
        return _real(cls).fromtimestamp(moment, datetime.UTC).replace(tzinfo=None)


class _Date(_REAL_DATE, metaclass=_SameInstances):  # type: ignore[misc]
    """``datetime.date`` whose ``today`` is the shown day; it makes instances of the real one."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return _REAL_DATE.__new__(_real(cls), *args, **kwargs)

    @classmethod
    def today(cls) -> Any:
        now = _clock.read("date.today")
        return _real(cls).fromtimestamp(_REAL_TIME() if now is None else now / _SECOND_NS)


def _real(kind: Any) -> Any:
    """The class whose instances to make: the real one, unless the program derived its own."""
    return kind.__mro__[1] if kind in _FAKES else kind


_FAKES = (_Datetime, _Date)
_REPLACED: dict[int, tuple[Any, Any]] = {}


def _replacements() -> dict[int, tuple[Any, Any]]:
    """By the identity of the real thing: the real thing, and what stands for it."""
    if not _REPLACED:
        pairs: list[tuple[Any, Any]] = [(_REAL_TYPE, _Datetime), (_REAL_DATE, _Date)]
        pairs.append((time.sleep, _sleep))
        for name in ("time", "monotonic", "perf_counter"):
            pairs.append((getattr(time, name), _in_seconds(name)))
            pairs.append((getattr(time, f"{name}_ns"), _in_nanoseconds(f"{name}_ns")))
        for name, place in (("localtime", 0), ("gmtime", 0), ("ctime", 0), ("strftime", 1)):
            pairs.append((getattr(time, name), _of_moment(name, place)))
        _REPLACED.update((id(real), (real, fake)) for real, fake in pairs)
    return _REPLACED


def install() -> None:
    """Replace what the modules of the program and of its packages hold of the clock.

    ``time`` and ``datetime`` themselves stay as they are until a moment is shown.
    """
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and not _keeps_the_real_one(getattr(module, "__name__", "")):
            _replace_in(module)


def _replace_in(module: types.ModuleType) -> dict[str, Any]:
    """Replace the clock in the names of one module; answers what they held before."""
    replacements = _replacements()
    names = {
        name: value
        for name, value in vars(module).items()
        if (found := replacements.get(id(value))) is not None and found[0] is value
    }
    for name, value in names.items():
        setattr(module, name, replacements[id(value)][1])
    return names


def _keeps_the_real_one(name: str) -> bool:
    """Our own modules, database drivers and the standard library read the real clock."""
    top = name.partition(".")[0]
    return top in ("dbos", "sqlalchemy", "psycopg") or top in sys.stdlib_module_names
