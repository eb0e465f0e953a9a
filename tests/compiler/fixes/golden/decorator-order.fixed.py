"""Decorators in the wrong order."""

from fastapi import FastAPI

from dbos import DBOS

app = FastAPI()


@app.post("/orders/{order_id}")
@DBOS.workflow()
def order(order_id: str) -> str:
    """Registered with the web framework without being durable."""
    return order_id


@DBOS.scheduled("* * * * *")
@DBOS.workflow(
    max_recovery_attempts=3,
)
def tick(scheduled, actual):
    """Fires every minute."""


class Shop:
    """A class."""

    @staticmethod  # why it is static
    @DBOS.workflow()
    def sell(item: str) -> str:
        """Sells."""
        return item
