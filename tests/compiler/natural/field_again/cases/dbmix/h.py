from __future__ import annotations

from typing import Annotated, AsyncIterator

from dbos import DBOS
from fastapi import Depends, FastAPI
from motor.motor_asyncio import AsyncIOMotorClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()
engine = create_async_engine("postgresql+asyncpg://x")
Session = async_sessionmaker(engine)
mongo = AsyncIOMotorClient("mongodb://x")


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


async def session() -> AsyncIterator[AsyncSession]:
    async with Session() as each:
        yield each


class Users:
    def __init__(self, db: AsyncSession) -> None:
        self.db = db

    async def count(self) -> int:
        return (await self.db.execute(select(func.count(User.id)))).scalar_one()  # flags: DBS205

    def query(self, name: str):
        return select(User).where(User.name == name).limit(1)


@DBOS.step()
async def count_in_step() -> int:
    async with Session() as db:
        return await Users(db).count()


@DBOS.workflow()
async def count() -> int:
    async with Session() as db:
        users = Users(db)
        print(users.query("x"))
        total = await users.count()
    found = await mongo.app.users.count_documents({})  # flags: DBS205
    return total + found + await count_in_step()


@app.get("/count")
async def endpoint(db: Annotated[AsyncSession, Depends(session)]) -> int:
    before = await Users(db).count()
    handle = await DBOS.start_workflow_async(count)
    return before + await handle.get_result()
