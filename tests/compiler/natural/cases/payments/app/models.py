from datetime import datetime, timezone

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Invoice(Base):
    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str]
    amount_cents: Mapped[int]
    status: Mapped[str] = mapped_column(default="open")
    reference: Mapped[str | None]
    due_at: Mapped[datetime]

    def is_overdue(self) -> bool:
        return self.due_at < datetime.now(timezone.utc)  # flags: DBS001

    @property
    def amount(self) -> float:
        return self.amount_cents / 100
