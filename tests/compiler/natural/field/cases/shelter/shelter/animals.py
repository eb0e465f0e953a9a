from sqlmodel import Field, Session, SQLModel, create_engine, select
from dbos import DBOS

from .notify import announce

engine = create_engine("sqlite:///animals.db")


class Animal(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    adopted: bool = False


def find(name: str) -> Animal | None:
    with Session(engine) as session:
        return session.exec(select(Animal).where(Animal.name == name)).first()  # flags: DBS205


def update(animal: Animal) -> None:
    with Session(engine) as session:
        session.add(animal)
        session.commit()  # flags: DBS205
        session.refresh(animal)  # flags: DBS205


@DBOS.workflow()
def adopt(name: str, by: str) -> bool:
    animal = find(name)
    if animal is None or animal.adopted:
        return False
    animal.adopted = True
    update(animal)
    announce(f"{name} lives with {by} now")
    return True
