from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path

import sendgrid
from dbos import DBOS
from sendgrid.helpers.mail import Mail

from pdf import archive, as_pdf, number_for, render_lines, render_page

sg = sendgrid.SendGridAPIClient("key")


@DBOS.transaction()
def next_sequence() -> int:
    return DBOS.sql_session.execute("SELECT nextval('invoices')").scalar()


@DBOS.step(retries_allowed=True)
def mail(to: str, html: str) -> int:
    message = Mail(from_email="a@example.com", to_emails=to, subject="Invoice", html_content=html)
    return sg.send(message).status_code


@DBOS.workflow()
def invoice(customer: str, items: list[tuple[str, Decimal]]) -> str:
    number = number_for(next_sequence())
    content = as_pdf(render_lines(items))
    path = archive(Path("/var/invoices"), number, content)
    mail(customer, render_page(number, items))
    sg.send(Mail(from_email="a@example.com", to_emails="copy@example.com"))  # flags: DBS202
    return base64.b64encode(content).decode() + path.name
