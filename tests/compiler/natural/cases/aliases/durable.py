"""Every way to spell a decorator."""

from __future__ import annotations

import dbos
from dbos import DBOS as Durable
from dbos import DBOSConfig

config: DBOSConfig = {"name": "aliases"}
app = dbos.DBOS(config=config)

workflow = Durable.workflow
step = Durable.step
tx = Durable.transaction()


class Engine:
    workflow = Durable.workflow()
    step = staticmethod(Durable.step(retries_allowed=True))

    def __init__(self, name: str) -> None:
        self.name = name

    def flow(self, function):
        return Durable.workflow(name=f"{function.__name__}")(function)

    def task(self, *, attempts: int = 3):
        def wrap(function):
            return Durable.step(retries_allowed=True, max_attempts=attempts)(function)

        return wrap


engine = Engine("main")
