"""Printing from workflows."""

import logging

import dbos


@dbos.DBOS.workflow()
def chatty(name: str, count: int) -> None:
    """Says much."""
    dbos.DBOS.logger.info("started")
    dbos.DBOS.logger.info(name)
    dbos.DBOS.logger.info(f"item {name} {count + 1}")
    dbos.DBOS.logger.info(f"{name}! {count}")
    dbos.DBOS.logger.info("")
    dbos.DBOS.logger.warning("late %s", name)
