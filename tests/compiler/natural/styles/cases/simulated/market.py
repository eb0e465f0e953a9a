from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import faker
import numpy as np
import torch
from dbos import DBOS
from sklearn.model_selection import train_test_split


@dataclass
class Market:
    seed: int
    price: float = 100.0
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def tick(self) -> float:
        self.price *= 1 + self.rng.gauss(0, 0.01)
        return self.price


@dataclass
class WildMarket(Market):
    def __post_init__(self) -> None:
        self.rng = random.SystemRandom()  # flags: DBS102

    def jump(self) -> float:
        return self.price * np.random.lognormal()  # flags: DBS101


def ticks(market: Market) -> Iterator[float]:
    while True:
        yield market.tick()


def names(count: int) -> list[str]:
    fake = faker.Faker()
    return [fake.name() for _ in range(count)]  # flags: DBS101


def seeded_names(count: int) -> list[str]:
    fake = faker.Faker()
    fake.seed_instance(3)
    return [fake.name() for _ in range(count)]


@DBOS.step()
def trade(price: float) -> float:
    return round(price, 2)


@DBOS.workflow()
def simulate(seed: int, count: int) -> float:
    feed = ticks(Market(seed))
    return sum(trade(next(feed)) for _ in range(count))


@DBOS.workflow()
def simulate_wildly(seed: int) -> float:
    market = WildMarket(seed)
    return trade(market.tick()) + trade(market.jump())


@DBOS.workflow()
def invite(count: int) -> list[str]:
    return names(count) + seeded_names(count)


@DBOS.workflow()
def weights(count: int) -> float:
    generator = torch.Generator().manual_seed(7)
    known = torch.rand(count, generator=generator)
    wild = torch.rand(count)  # flags: DBS101
    return float((known + wild).sum())


@DBOS.workflow()
def split(values: list[float]) -> int:
    train, test = train_test_split(values, random_state=1)
    left, right = train_test_split(values)  # flags: DBS101
    return len(train) - len(left)
