from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.models import Contact


class ContactRepository:
    def __init__(self, session: Session):
        self.session = session

    def by_email(self, email: str) -> Contact | None:
        return self.session.scalars(select(Contact).where(Contact.email == email)).first()  # flags: DBS205

    def add(self, email: str) -> Contact:
        contact = Contact(email=email)
        self.session.add(contact)
        return contact
