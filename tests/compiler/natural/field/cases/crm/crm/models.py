from datetime import datetime

from sqlalchemy import DateTime, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Contact(Base):
    __tablename__ = "contacts"
    email: Mapped[str] = mapped_column(String, primary_key=True)
    created: Mapped[datetime] = mapped_column(DateTime, default=datetime.utcnow)
