"""Async SQLAlchemy repositories, half of them outside of steps."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from dbos import DBOS
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine("postgresql+asyncpg://localhost/school")
Sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class Student(Base):
    __tablename__ = "students"
    name: Mapped[str]
    grades: Mapped[list[Grade]] = relationship(back_populates="student")

    def average(self) -> float:
        return sum(grade.points for grade in self.grades) / max(len(self.grades), 1)


class Grade(Base):
    __tablename__ = "grades"
    points: Mapped[int]
    given: Mapped[datetime.date] = mapped_column(default=datetime.date.today)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("students.id"))
    student: Mapped[Student] = relationship(back_populates="grades")

    def is_recent(self) -> bool:
        return (datetime.date.today() - self.given).days < 30  # flags: DBS001


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    async with Sessions() as session:
        async with session.begin():  # flags: DBS205
            yield session


class Repository:
    async def students(self) -> list[Student]:
        async with transaction() as session:
            return list((await session.scalars(select(Student))).all())  # flags: DBS205

    async def count(self) -> int:
        async with Sessions() as session:
            return await session.scalar(select(func.count(Student.id))) or 0  # flags: DBS205


repository = Repository()


@DBOS.step()
async def load_names() -> list[str]:
    return [student.name for student in await repository.students()]


@DBOS.step()
async def send_report(text: str) -> None:
    DBOS.logger.info(text)


@DBOS.workflow()
async def report() -> int:
    names = await load_names()
    await send_report(", ".join(sorted(names)))
    recent = 0
    for student in await repository.students():
        recent += sum(grade.is_recent() for grade in student.grades)
        await send_report(f"{student.name}: {student.average():.1f}")
    return recent + await repository.count()
