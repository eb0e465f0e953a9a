"""Orders."""

from dbos import DBOS


@DBOS.workflow()
def process(name: str) -> str:
    return name


@DBOS.step()
def load(name: str) -> str:
    return name
