"""Sessions, engines and drivers of third parties, used outside a transaction."""

from __future__ import annotations

import asyncpg
import psycopg
import psycopg2
from pymongo import MongoClient
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from dbos import DBOS

RUNNABLE = False
engine = create_engine("sqlite://")
SessionLocal = sessionmaker(bind=engine)
orders = MongoClient()["shop"]["orders"]


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def get_session():
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()


def names(session: Session) -> list[str]:
    return list(session.execute(text("SELECT name FROM orders")).scalars())  # flags: DBS205


@DBOS.workflow()
def with_engine(name: str) -> int:
    with engine.connect() as connection:  # flags: DBS205
        row = connection.execute(text("SELECT 1")).fetchone()  # flags: DBS205
    save(name, row)
    return row[0]


@DBOS.workflow()
def with_session(name: str) -> list[str]:
    with Session(engine) as session:
        found = names(session)
    save(name, found)
    return found


@DBOS.workflow()
def with_factory(name: str) -> str:
    session = SessionLocal()
    session.add(name)
    session.commit()  # flags: DBS205
    return name


@DBOS.workflow()
def with_psycopg(name: str) -> int:
    with psycopg.connect("dbname=shop") as connection:  # flags: DBS205
        row = connection.execute("SELECT 1").fetchone()  # flags: DBS205
    return row[0]


@DBOS.workflow()
def with_cursor(name: str) -> int:
    connection = psycopg2.connect("dbname=shop")  # flags: DBS205
    cursor = connection.cursor()
    cursor.execute("SELECT 1")  # flags: DBS205
    return cursor.fetchone()[0]


@DBOS.workflow()
async def with_asyncpg(name: str) -> int:
    connection = await asyncpg.connect("postgres://localhost")  # flags: DBS205
    return await connection.fetchval("SELECT 1")  # flags: DBS205


@DBOS.workflow()
def with_mongo(name: str) -> str:
    orders.insert_one({"name": name})  # flags: DBS205
    save(name, orders.find_one({"name": name}))  # flags: DBS205
    return name


@DBOS.workflow()
def only_built(name: str) -> str:
    query = select(text("name")).where(text("price > 5"))
    save(name, str(query))
    return name
