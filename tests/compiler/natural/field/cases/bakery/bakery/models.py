from sqlalchemy import Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Loaf(Base):
    __tablename__ = "loaves"
    name: Mapped[str] = mapped_column(String, primary_key=True)
    stock: Mapped[int] = mapped_column(Integer, default=0)


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    loaf: Mapped[str] = mapped_column(String)
    count: Mapped[int] = mapped_column(Integer)
    price: Mapped[int] = mapped_column(Integer)
    at: Mapped[str] = mapped_column(String)
