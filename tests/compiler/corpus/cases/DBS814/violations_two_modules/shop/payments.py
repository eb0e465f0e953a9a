"""Payments, whose functions have the names of those of orders."""

from dbos import DBOS


@DBOS.workflow()
def process(name: str) -> str:  # flags: DBS814
    return name


@DBOS.step()
def load(name: str) -> str:  # flags: DBS814
    return name
