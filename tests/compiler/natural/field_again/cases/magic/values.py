import random
import time
from dataclasses import dataclass, field


@dataclass
class Ticket:
    title: str
    opened: float = field(init=False)

    def __post_init__(self) -> None:
        self.opened = time.time()  # flags: DBS001


class Price:
    def __init__(self, cents: int) -> None:
        self.cents = cents

    def __format__(self, spec: str) -> str:
        return f"{self.cents + random.randint(0, 1)}{spec}"  # flags: DBS101

    def __add__(self, other: "Price") -> "Price":
        return Price(self.cents + other.cents)

    def __lt__(self, other: "Price") -> bool:
        return self.cents < other.cents


class Lines:
    def __init__(self, path: str) -> None:
        self.path = path

    def __iter__(self):
        with open(self.path) as file:  # flags: DBS203
            yield from file

    def __len__(self) -> int:
        return 3


class Timer:
    def __enter__(self) -> "Timer":
        self.start = time.perf_counter()  # flags: DBS002
        return self

    def __exit__(self, *args: object) -> None:
        self.seconds = time.perf_counter() - self.start  # flags: DBS002


class Greeter:
    def __call__(self, name: str) -> str:
        return f"hello {name}"
