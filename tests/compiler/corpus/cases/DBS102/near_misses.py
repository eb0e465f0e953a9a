"""Generators that are seeded with something a replay has too."""

import random
from random import Random

from dbos import DBOS

SEED = 42


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def draw() -> float:
    return random.SystemRandom().random()


def generator(seed: str) -> Random:
    return Random(seed)


class Lottery:
    def __init__(self, order_id: str) -> None:
        self.chance = random.Random(f"lottery-{order_id}")

    def winner(self, names: list[str]) -> str:
        return self.chance.choice(names)


class Random2:
    """Not a generator."""

    def random(self) -> float:
        return 0.5


@DBOS.workflow()
def constant_seed() -> float:
    value = random.Random(SEED).random()
    save("value", value)
    return value


@DBOS.workflow()
def seed_of_the_workflow() -> float:
    chance = Random(DBOS.workflow_id)
    save("value", chance.random())
    return chance.random()


@DBOS.workflow()
def keyword_seed(order_id: str) -> int:
    chance = random.Random(x=order_id)
    save("value", chance.randint(1, 6))
    return chance.randint(1, 6)


@DBOS.workflow()
def seeded_later(order_id: str) -> float:
    chance = Lottery(order_id).chance
    chance.seed(order_id)
    save("value", chance.random())
    return chance.random()


@DBOS.workflow()
def in_an_attribute(order_id: str, names: list[str]) -> str:
    name = Lottery(order_id).winner(names)
    save("winner", name)
    return name


@DBOS.workflow()
def in_a_step() -> float:
    return draw()


@DBOS.workflow()
def by_a_helper(order_id: str) -> float:
    return generator(order_id).random() + Random2().random()
