import datetime

from dbos import DBOS
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, func

metadata = MetaData()
orders = Table(
    "orders",
    metadata,
    Column("order_id", Integer, primary_key=True),
    Column("order_status", Integer),
    Column("last_update_time", DateTime, default=func.now()),
    Column("progress_remaining", Integer, default=10),
)
products = Table("products", metadata, Column("id", Integer), Column("inventory", Integer))
PRODUCT_ID = 1


@DBOS.transaction()
def reserve_inventory() -> bool:
    rows = DBOS.sql_session.execute(
        products.update()
        .where((products.c.id == PRODUCT_ID) & (products.c.inventory > 0))
        .values(inventory=products.c.inventory - 1)
    ).rowcount
    return rows > 0


@DBOS.transaction()
def undo_reserve_inventory() -> None:
    DBOS.sql_session.execute(products.update().values(inventory=products.c.inventory + 1))


@DBOS.transaction()
def create_order() -> int:
    result = DBOS.sql_session.execute(
        orders.insert().values(order_status=0, last_update_time=datetime.datetime.now())  # maybe: DBS806
    )
    return result.inserted_primary_key[0]


@DBOS.transaction()
def update_order_status(order_id: int, status: int) -> None:
    DBOS.sql_session.execute(
        orders.update().where(orders.c.order_id == order_id).values(order_status=status)
    )


@DBOS.transaction()
def dispatch_order(order_id: int) -> int:
    row = DBOS.sql_session.execute(
        orders.update()
        .where(orders.c.order_id == order_id)
        .values(progress_remaining=orders.c.progress_remaining - 1)
        .returning(orders.c.progress_remaining)
    ).fetchone()
    return row[0]
