from dbos import DBOS

from values import Greeter, Lines, Price, Ticket, Timer


@DBOS.step()
def store(text: str) -> None:
    print(text)


@DBOS.workflow()
def open_ticket(title: str) -> float:
    ticket = Ticket(title)
    store(Greeter()(ticket.title))
    return ticket.opened


@DBOS.workflow()
def total(cents: list[int]) -> str:
    price = sum((Price(c) for c in cents), Price(0))
    smallest = min(Price(c) for c in cents)
    return f"{price:€} {smallest.cents}"


@DBOS.workflow()
def load(path: str) -> int:
    lines = Lines(path)
    count = len(lines)
    with Timer() as timer:
        for line in lines:
            store(line)
    return count if timer.seconds < 3 else 0
