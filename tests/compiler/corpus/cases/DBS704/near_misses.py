"""Calls that types, literals and constructors explain."""

from dbos import DBOS


@DBOS.step()
def save(value: object) -> None:
    """Store a value."""
    DBOS.logger.info("%s", value)


class Order:
    def __init__(self, name: str) -> None:
        self.name = name

    def label(self) -> str:
        return self.name.upper()


def apply(action, name: str) -> str:
    return action(name)


@DBOS.workflow()
def by_annotation(order: Order, names: list[str]) -> str:
    names.append(order.label())
    return ",".join(names)


@DBOS.workflow()
def by_constructor(name: str) -> str:
    order = Order(name)
    save(order.label())
    return order.label().lower()


@DBOS.workflow()
def by_literal(name: str) -> int:
    values = {"a": 1}
    values.update(b=2)
    return sum(values.values())


@DBOS.workflow()
def by_flow(name: str) -> str:
    return apply(str.upper, name)


@DBOS.workflow()
def by_table(name: str) -> str:
    actions = {"upper": str.upper, "lower": str.lower}
    return actions["upper"](name)


@DBOS.workflow()
def of_the_elements(orders: list[Order]) -> list[str]:
    return [order.label() for order in orders]
