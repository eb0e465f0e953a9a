from __future__ import annotations

from typing import Any

from dbos import DBOS, DBOSConfiguredInstance
from sqlalchemy import text
from sqlalchemy.engine import Engine


@DBOS.dbos_class()
class Inventory(DBOSConfiguredInstance):
    def __init__(self, config_name: str, engine: Engine) -> None:
        self._engine = engine
        self._seen: set[str] = set()
        super().__init__(config_name)

    def _count(self, sku: str) -> int:
        with self._engine.connect() as connection:  # flags: DBS205
            return connection.execute(text("select count(*) from s"), {"s": sku}).scalar_one()  # flags: DBS205

    @DBOS.transaction()
    def reserve(self, sku: str) -> bool:
        return bool(DBOS.sql_session.execute(text("select 1")).scalar())

    @DBOS.step()
    def count_again(self, sku: str) -> int:
        return self._count(sku)

    @DBOS.workflow()
    def sell(self, sku: str) -> dict[str, Any]:
        before = self._count(sku)
        ok = self.reserve(sku)
        self._seen.add(sku)  # flags: DBS604
        return {"before": before, "ok": ok, "after": self.count_again(sku)}
