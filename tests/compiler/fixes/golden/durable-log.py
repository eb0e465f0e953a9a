"""Printing from workflows."""

import logging

import dbos


@dbos.DBOS.workflow()
def chatty(name: str, count: int) -> None:
    """Says much."""
    print("started")  # fix DBS207: print("started")
    print(name)  # fix DBS207: print(name)
    print("item", name, count + 1, flush=True)  # fix DBS207: print("item", name, count + 1, flush=True)
    print(f"{name}!", count)  # fix DBS207: print(f"{name}!", count)
    print()  # fix DBS207: print()
    logging.warning("late %s", name)  # fix DBS207: logging.warning("late %s", name)
