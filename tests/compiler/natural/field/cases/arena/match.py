from typing import Callable

from dbos import DBOS

Handler = Callable[[str], str]


@DBOS.step()
def attack(player: str) -> str:
    return player


def defend(player: str) -> str:
    import random

    return f"{player}:{random.randint(1, 6)}"  # flags: DBS101


def rest(player: str) -> str:
    return player


ACTIONS: dict[str, Handler] = {"attack": attack, "defend": defend, "rest": rest}


@DBOS.workflow()
def turn(player: str, action: str) -> str:
    handler = ACTIONS.get(action, rest)
    result = handler(player)
    return getattr(Arena(), "score")(result)


class Arena:
    def score(self, text: str) -> str:
        return text * 2


@DBOS.workflow()
def any_turn(player: str, action: str) -> str:
    arena = Arena()
    return getattr(arena, action)(player)  # flags: DBS703


@DBOS.workflow()
def recursive(players: list[str]) -> int:
    if not players:
        return 0
    attack(players[0])
    return 1 + recursive(players[1:])
