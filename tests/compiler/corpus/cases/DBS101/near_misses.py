"""Seeded generators, draws in steps, and names that only sound like chance."""

import random
from dataclasses import dataclass
from random import Random

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def roll() -> int:
    return random.randint(1, 6)


@dataclass
class Deck:
    cards: list[str]

    def shuffle(self) -> None:
        self.cards.sort()

    def choice(self) -> str:
        return self.cards[0]


def randint(low: int, high: int) -> int:
    return (low + high) // 2


def lottery(order_id: str, names: list[str]) -> str:
    generator = Random(order_id)
    generator.shuffle(names)
    return generator.choice(names)


@DBOS.workflow()
def seeded_choice(order_id: str, names: list[str]) -> str:
    name = random.Random(order_id).choice(names)
    save(order_id, name)
    return name


@DBOS.workflow()
def seeded_in_a_helper(order_id: str, names: list[str]) -> str:
    name = lottery(order_id, names)
    save(order_id, name)
    return name


@DBOS.workflow()
def drawn_in_a_step(order_id: str) -> int:
    number = roll()
    if number > 3:
        save(order_id, number)
    return number


@DBOS.workflow()
def own_deck(names: list[str]) -> str:
    deck = Deck(names)
    deck.shuffle()
    save("card", deck.choice())
    return deck.choice()


@DBOS.workflow()
def own_randint() -> int:
    number = randint(1, 6)
    save("number", number)
    return number


@DBOS.workflow()
def given_generator(generator: Random) -> float:
    value = generator.random()
    save("value", value)
    return value


@DBOS.workflow()
def shadowed(random: float) -> float:
    save("random", random)
    return random


@DBOS.workflow()
def recorded_draw() -> float:
    value = DBOS.run_step(None, random.random)
    return value if isinstance(value, float) else 0.0
