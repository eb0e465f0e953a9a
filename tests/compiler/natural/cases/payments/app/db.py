from contextlib import contextmanager
from typing import Iterator

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from .models import Invoice

engine = create_engine("postgresql://localhost/payments")
SessionLocal = sessionmaker(bind=engine, expire_on_commit=False)


@contextmanager
def get_session() -> Iterator[Session]:
    session = SessionLocal()
    try:
        yield session
        session.commit()  # flags: DBS205
    except Exception:
        session.rollback()  # flags: DBS205
        raise
    finally:
        session.close()


def load_invoice(invoice_id: int) -> Invoice | None:
    with get_session() as session:
        return session.execute(select(Invoice).where(Invoice.id == invoice_id)).scalar_one_or_none()  # flags: DBS205


def mark_paid(invoice_id: int, reference: str) -> None:
    with get_session() as session:
        invoice = session.get(Invoice, invoice_id)  # flags: DBS205
        invoice.reference = reference
        invoice.status = "paid"
