"""The steps of the shop."""

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""
