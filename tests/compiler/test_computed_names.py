"""Methods called by computed names: those that the literal parts of a name allow are followed.

The call itself stays one by a computed name: who adds a method changes what it may reach.
"""

from __future__ import annotations

from support.analysis import flagged, marked

TEXT = """\
import random
import time

from dbos import DBOS


class Handler:
    def handle(self, kind: str) -> float:
        return getattr(self, f"on_{kind}", self.fallback)()  # flags: DBS703

    def act(self, kind: str) -> float:
        name = kind + "_later"
        method = getattr(self, name, None)
        return method() if method else 0.0  # flags: DBS703

    def on_open(self) -> float:
        return 1.0

    def fallback(self) -> float:
        return random.random()  # flags: DBS101

    def off_close(self) -> float:
        return time.time()


class Timed(Handler):
    def on_open(self) -> float:
        return time.monotonic()  # flags: DBS002

    def open_later(self) -> float:
        return time.time()  # flags: DBS001

    def later_on(self) -> float:
        return time.time()


@DBOS.workflow()
def handled(kind: str) -> float:
    return Timed().handle(kind) + Timed().act(kind)


@DBOS.workflow()
def by_any_name(kind: str) -> float:
    return getattr(Timed(), kind)()  # flags: DBS703
"""


def test_what_a_computed_name_may_be_is_followed() -> None:
    assert flagged(TEXT) == marked(TEXT)
