from __future__ import annotations

from dbos import DBOS

from models import Book, Reader, Review, database


def find(title: str) -> str:
    return Book.get(Book.title == title).title  # flags: DBS205


async def reader(name: str) -> str:
    found = await Reader.filter(name=name).first()  # flags: DBS205
    return found.name if found else ""


@DBOS.step()
def find_step(title: str) -> str:
    with database.atomic():
        return find(title)


@DBOS.step()
async def reader_step(name: str) -> str:
    return await reader(name)


@DBOS.workflow()
def borrow(title: str) -> str:
    return find_step(title).upper()


@DBOS.workflow()
def borrow_directly(title: str) -> str:
    query = Book.select().where(Book.title == title).order_by(Book.title)
    count = query.count()  # flags: DBS205
    return find(title) + str(count)


@DBOS.workflow()
async def lend(name: str) -> str:
    return await reader_step(name)


@DBOS.workflow()
async def lend_directly(name: str) -> str:
    await Reader.create(name=name)  # flags: DBS205
    await Review(title="x", stars=3).insert()  # flags: DBS205
    return await reader(name)
