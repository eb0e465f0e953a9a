from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine("postgresql+asyncpg:///library")
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Author(Base):
    __tablename__ = "authors"
    name: Mapped[str]
    books: Mapped[list[Book]] = relationship(back_populates="author")


class Book(Base):
    __tablename__ = "books"
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    added: Mapped[datetime] = mapped_column(server_default=func.now())
    author: Mapped[Author] = relationship(back_populates="books")


M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    model: type[M]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def query(self, **where: Any) -> Select[tuple[M]]:
        return select(self.model).filter_by(**where).order_by(self.model.id)

    async def find(self, **where: Any) -> Sequence[M]:
        return (await self.session.scalars(self.query(**where))).all()  # flags: DBS205

    def add(self, row: M) -> None:
        self.session.add(row)  # maybe: DBS205


class Books(Repository[Book]):
    model = Book

    async def by(self, author: str) -> list[str]:
        return [book.title for book in await self.find(title=author)]


@asynccontextmanager
async def books() -> AsyncIterator[Books]:
    async with sessions() as session:  # maybe: DBS205
        async with session.begin():  # flags: DBS205
            yield Books(session)
