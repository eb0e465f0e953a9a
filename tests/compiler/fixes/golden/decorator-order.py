"""Decorators in the wrong order."""

from fastapi import FastAPI

from dbos import DBOS

app = FastAPI()


@DBOS.workflow()
@app.post("/orders/{order_id}")
def order(order_id: str) -> str:  # fix DBS813: order
    """Registered with the web framework without being durable."""
    return order_id


@DBOS.workflow(
    max_recovery_attempts=3,
)
@DBOS.scheduled("* * * * *")
def tick(scheduled, actual):  # fix DBS813: tick
    """Fires every minute."""


class Shop:
    """A class."""

    @DBOS.workflow()
    @staticmethod  # why it is static
    def sell(item: str) -> str:  # fix DBS813: sell
        """Sells."""
        return item
