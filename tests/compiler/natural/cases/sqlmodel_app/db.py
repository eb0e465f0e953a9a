import os

from sqlmodel import Session, SQLModel, create_engine

engine = create_engine(os.getenv("DATABASE_URL", "sqlite:///tickets.db"))


def init_db() -> None:
    SQLModel.metadata.create_all(engine)


def session() -> Session:
    return Session(engine)
