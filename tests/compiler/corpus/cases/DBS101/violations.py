"""The global random generator: every replay draws something else."""

import random
import random as dice
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from random import choice, shuffle

from dbos import DBOS

pick = random.randint
one_of_ten = partial(random.randrange, 10)


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def variant_a(name: str) -> str:
    return "a"


@DBOS.step()
def variant_b(name: str) -> str:
    return "b"


@dataclass
class Trial:
    name: str
    weight: float = field(default_factory=random.random)


class Experiment:
    variants = (variant_a, variant_b)

    def assign(self, name: str) -> str:
        return self.draw()(name)

    def draw(self):
        return choice(self.variants)  # flags: DBS101


def jitter(seconds: float) -> float:
    return seconds * dice.uniform(0.5, 1.5)  # flags: DBS101


@DBOS.workflow()
def coin_toss(name: str) -> str:
    return variant_a(name) if random.random() < 0.5 else variant_b(name)  # flags: DBS101


@DBOS.workflow()
def winner(names: list[str]) -> str:
    name = choice(names)  # flags: DBS101
    save("winner", name + str(random.getrandbits(32)))  # flags: DBS101
    return name


@DBOS.workflow()
def shuffled(names: list[str]) -> list[str]:
    shuffle(names)  # flags: DBS101
    for name in names:
        save(name, random.gauss(0.0, 1.0))  # flags: DBS101
    return names


@DBOS.workflow()
def experiment(name: str) -> str:
    answers = [Experiment().assign(name) for _ in range(20)]
    return "".join(answers)


@DBOS.workflow()
def backing_off() -> None:
    DBOS.sleep(jitter(2.0))


@DBOS.workflow()
def through_an_alias(name: str) -> int:
    draws = [pick(1, 6) for _ in range(9)]  # flags: DBS101
    save(name, draws)
    return sum(one_of_ten() for _ in range(9))  # flags: DBS101


@DBOS.workflow()
def some_of(names: list[str]) -> list[str]:
    if sample := random.choices(names, k=9):  # flags: DBS101
        save("sample", sample)
    return sample


@DBOS.workflow()
def tickets(name: str) -> dict[str, float]:
    return {f"{name}-{number}": random.betavariate(1, 2) for number in range(3)}  # flags: DBS101


@DBOS.workflow()
def until_a_two(name: str) -> list[float]:
    return list(islice(iter(random.random, 2.0), 3))  # flags: DBS101
