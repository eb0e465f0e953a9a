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
    for name in {"a", "b"}:  # fix DBS501: {"a", "b"}
        send(name)
    for position, name in enumerate(names):  # fix DBS501: enumerate(names)
        send(f"{position}{name}")
    for name in names | {"c"}:  # fix DBS501: names | {"c"}
        send(name)
    send_all(list(names))  # fix DBS505: list(names)
    send_all([name.upper() for name in names])  # fix DBS501: names
    for name in {each.upper() for each in names}:  # fix DBS501: {each.upper() for each in names}
        send(name)
    head, *_ = names  # fix DBS502: head, *_ = names
    first = next(iter(names))  # fix DBS502: next(iter(names))
    second = list(names)[0]  # fix DBS502: list(names)[0]
    send_all([head, first, second])
    return ", ".join(names)  # fix DBS501: ", ".join(names)
