"""Decorators that lack their sign or their parentheses."""

from dbos import DBOS


@DBOS.step  # fix DBS812: DBOS.step
def charge(name: str) -> str:
    """Registered nowhere."""
    return name


DBOS.workflow()  # fix DBS812: DBOS.workflow()
def checkout(name: str) -> str:
    """Not decorated."""
    return charge(name)


class Shop:
    """A class."""

    DBOS.transaction  # fix DBS812: DBOS.transaction
    @staticmethod
    def store(name: str) -> str:
        """Neither."""
        return name
