from dbos import DBOS

import resend


@DBOS.step(retries_allowed=True, max_attempts=3)
def confirm(owner: str, ticket: str) -> None:
    resend.Emails.send({"to": owner, "subject": "Ticket", "text": ticket})


def alert(text: str) -> None:
    resend.Emails.send({"to": "ops@example.com", "subject": "Alert", "text": text})  # flags: DBS202
