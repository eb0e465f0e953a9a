"""Generators without a seed: each process makes another one."""

import random
from random import Random, SystemRandom
from random import Random as Dice

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def generator(seed: int | None = None) -> Random:
    return Random() if seed is None else Random(seed)  # flags: DBS102


class Lottery:
    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.chance = random.Random()  # flags: DBS102

    def winner(self) -> float:
        return self.chance.random()


@DBOS.workflow()
def local_generator() -> float:
    chance = random.Random()  # flags: DBS102
    value = chance.random()
    save("value", value)
    return value


@DBOS.workflow()
def from_the_system(names: list[str]) -> list[str]:
    draw = SystemRandom().choices(names, k=9)  # flags: DBS102
    save("draw", draw)
    return draw


@DBOS.workflow()
def made_by_a_helper() -> float:
    value = generator().random()
    save("value", value)
    return value


@DBOS.workflow()
def in_an_attribute(names: list[str]) -> float:
    winner = Lottery(names).winner()
    save("winner", winner)
    return winner


@DBOS.workflow()
def aliased() -> float:
    dice = Dice()  # flags: DBS102
    return sum(dice.uniform(1, 6) for _ in range(5))


@DBOS.workflow()
def no_seed_said() -> float:
    chance = random.Random(None)  # flags: DBS102
    save("value", chance.random())
    return chance.random()


@DBOS.workflow()
def reseeded() -> float:
    chance = random.Random(5)
    chance.seed()  # flags: DBS102
    save("value", chance.random())
    return chance.random()
