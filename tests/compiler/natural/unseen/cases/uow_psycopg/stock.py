from __future__ import annotations

from dbos import DBOS

from uow import UnitOfWork, labelled, quiet


@DBOS.step()
def level(sku: str) -> int:
    with UnitOfWork() as work:
        return work.stock(sku)


@DBOS.step()
def order_more(sku: str, count: int) -> str:
    return f"{sku}x{count}"


@DBOS.workflow()
def replenish(skus: list[str]) -> list[str]:
    orders: list[str] = []
    with labelled("orders") as lines, quiet(KeyError):
        for sku in skus:
            count = level(sku)
            if count < 5:
                orders.append(order_more(sku, 5 - count))
            lines.append(f"{sku}: {count}")
    return orders + lines


@DBOS.workflow()
def replenish_directly(sku: str) -> str:
    with UnitOfWork() as work:
        count = work.stock(sku)
    return order_more(sku, count)


@DBOS.transaction()
def rename(old: str, new: str) -> int:
    from sqlalchemy import text

    session = DBOS.sql_session
    done = session.execute(text("update stock set sku = :new where sku = :old"), {"old": old, "new": new})
    session.commit()  # flags: DBS807
    return done.rowcount


@DBOS.workflow()
def rename_all(pairs: dict[str, str]) -> int:
    return sum(rename(old, new) for old, new in pairs.items())
