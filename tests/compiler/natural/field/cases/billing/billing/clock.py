import time
from dataclasses import dataclass, field
from datetime import date


@dataclass
class Period:
    start: date
    end: date = field(default_factory=date.today)

    @property
    def days(self) -> int:
        return (self.end - self.start).days


class Stopwatch:
    def __init__(self) -> None:
        self.started = time.monotonic()  # flags: DBS002

    def elapsed(self) -> float:
        return time.monotonic() - self.started  # flags: DBS002
