"""What a step leaves behind in memory: a replay does not run the step, and finds nothing."""

from dataclasses import dataclass, field

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def collect(found: list[str], name: str) -> None:
    found.append(name)


@DBOS.step()
def fill(values: dict[str, int]) -> None:
    values["total"] = 5


@dataclass
class Order:
    name: str
    state: str = "new"
    lines: list[str] = field(default_factory=list)


@DBOS.step()
def pay(order: Order) -> None:
    order.state = "paid"


@DBOS.step()
def add_line(order: Order, line: str) -> None:
    order.lines.append(line)


class Cart:
    def __init__(self) -> None:
        self.total = 0

    @DBOS.step()
    def add(self, amount: int) -> None:
        self.total += amount


@DBOS.workflow()
def collected(name: str) -> int:
    found: list[str] = []
    collect(found, name)  # flags: DBS605
    save(name, len(found))
    return len(found)


@DBOS.workflow()
def filled(name: str) -> int:
    values: dict[str, int] = {}
    fill(values)  # flags: DBS605
    save(name, values.get("total"))
    return len(values)


@DBOS.workflow()
def paid(name: str) -> str:
    order = Order(name)
    pay(order)  # flags: DBS605
    if order.state == "paid":
        save(name, "paid")
    return order.state


@DBOS.workflow()
def lines(name: str) -> int:
    order = Order(name)
    for line in ("first", "second"):
        add_line(order, line)  # flags: DBS605
    save(name, len(order.lines))
    return len(order.lines)


@DBOS.workflow()
def cart(amount: int) -> int:
    cart = Cart()
    cart.add(amount)  # flags: DBS605
    save("total", cart.total)
    return cart.total


@DBOS.workflow()
def closure(names: list[str]) -> int:
    results: list[str] = []

    def work() -> None:
        results.extend(names)

    DBOS.run_step({"name": "work"}, work)  # flags: DBS605
    save("results", len(results))
    return len(results)
