"""Steps that return what they found, or that change what nobody reads afterwards."""

from dataclasses import dataclass, replace

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def collect(found: list[str], name: str) -> list[str]:
    return [*found, name]


@DBOS.step()
def total(values: dict[str, int]) -> int:
    copy = dict(values)
    copy["extra"] = 5
    return sum(copy.values())


@DBOS.step()
def consume(names: list[str]) -> int:
    count = 0
    while names:
        names.pop()
        count += 1
    return count


@dataclass(frozen=True)
class Order:
    name: str
    state: str = "new"


@DBOS.step()
def pay(order: Order) -> Order:
    return replace(order, state="paid")


class Cart:
    def __init__(self) -> None:
        self.total = 0

    @DBOS.step()
    def price(self, amount: int) -> int:
        return self.total + amount

    def add(self, amount: int) -> None:
        self.total += amount


@DBOS.workflow()
def collected(name: str) -> int:
    found: list[str] = []
    found = collect(found, name)
    save(name, found)
    return len(found)


@DBOS.workflow()
def summed(values: dict[str, int]) -> int:
    amount = total(values)
    save("amount", amount)
    return amount + len(values)


@DBOS.workflow()
def paid(name: str) -> str:
    order = pay(Order(name))
    save(name, order.state)
    return order.state


@DBOS.workflow()
def changed_by_the_workflow(amount: int) -> int:
    cart = Cart()
    cart.add(cart.price(amount))
    save("total", cart.total)
    return cart.total


@DBOS.workflow()
def never_read_again(names: list[str]) -> int:
    count = consume(list(names))
    save("count", count)
    return count


@DBOS.workflow()
def workflow_appends(names: list[str]) -> list[str]:
    results: list[str] = []
    for name in names:
        results.append(str(total({name: 1})))
    save("results", results)
    return results
