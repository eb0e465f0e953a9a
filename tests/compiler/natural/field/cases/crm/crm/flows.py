from dbos import DBOS

from crm.db import session_scope
from crm.repository import ContactRepository


@DBOS.step()
def enrich(email: str) -> dict:
    with session_scope() as session:
        found = ContactRepository(session).by_email(email)
        return {"known": found is not None}


@DBOS.workflow()
def signup(email: str) -> dict:
    known = enrich(email)
    with session_scope() as session:
        repository = ContactRepository(session)
        if repository.by_email(email) is None:
            repository.add(email)
    return known
