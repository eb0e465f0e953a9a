import copy
import heapq
import secrets
from operator import attrgetter, itemgetter

from dbos import DBOS
from numpy.random import default_rng


class Player:
    def __init__(self, name: str, rating: int) -> None:
        self.name = name
        self.rating = rating

    def __lt__(self, other: "Player") -> bool:
        return self.rating < other.rating


@DBOS.step()
def announce(pairs: list[tuple[str, str]]) -> None:
    print(pairs)


def pairs_of(players: list[Player], shuffle: bool = False) -> list[tuple[str, str]]:
    ordered = sorted(players, key=attrgetter("rating"), reverse=True)
    if shuffle:
        default_rng().shuffle(ordered)  # flags: DBS102
    names = [player.name for player in ordered]
    return list(zip(names[::2], names[1::2]))


@DBOS.workflow()
def round_of(ratings: dict[str, int]) -> list[tuple[str, str]]:
    players = [Player(*item) for item in sorted(ratings.items(), key=itemgetter(1))]
    best = heapq.nlargest(2, players)
    pairs = pairs_of(copy.copy(players))
    announce(pairs)
    white = secrets.choice(best)  # flags: DBS103
    return pairs if white.rating > 2000 else pairs[::-1]


@DBOS.workflow()
def seeded_round(ratings: dict[str, int], seed: int) -> list[str]:
    names = sorted(ratings)
    default_rng(seed).shuffle(names)
    return names
