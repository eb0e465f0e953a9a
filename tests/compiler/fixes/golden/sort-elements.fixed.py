"""Sets whose order escapes."""

from dbos import DBOS


@DBOS.step()
def send(name: str) -> None:
    """A step."""


@DBOS.step()
def send_all(names: list[str]) -> None:
    """A step."""


@DBOS.workflow()
def broadcast(names: set[str]) -> str:
    """Sends in the order of a set."""
    for name in sorted({"a", "b"}):
        send(name)
    for position, name in enumerate(sorted(names)):
        send(f"{position}{name}")
    for name in sorted(names | {"c"}):
        send(name)
    send_all(sorted(names))
    send_all([name.upper() for name in sorted(names)])
    for name in sorted({each.upper() for each in names}):
        send(name)
    head, *_ = sorted(names)
    first = next(iter(sorted(names)))
    second = sorted(names)[0]
    send_all([head, first, second])
    return ", ".join(sorted(names))
