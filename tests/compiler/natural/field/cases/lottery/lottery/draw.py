import datetime
import random
from dbos import DBOS
from lottery.base import Draw, Timed


@DBOS.step()
def pay(winner: str) -> None:
    print(winner)


class Weekly(Timed, Draw):
    def winner(self, tickets: list[str]) -> str:
        self.touch()
        return self.generator.choice(tickets)


class Instant(Draw):
    @property
    def generator(self) -> random.Random:
        return random.SystemRandom()  # flags: DBS102

    def winner(self, tickets: list[str]) -> str:
        return self.generator.choice(tickets)


@DBOS.workflow()
def weekly(tickets: list[str], seed: int) -> str:
    winner = Weekly(seed).winner(tickets)
    pay(winner)
    return winner


@DBOS.workflow()
def instant(tickets: list[str]) -> str:
    winner = Instant(0).winner(tickets)
    pay(winner)
    return winner


@DBOS.workflow()
def on(day: str) -> str:
    return str(datetime.date.fromisoformat(day) + datetime.timedelta(days=1))
