from __future__ import annotations

from dbos import DBOS

import verify
from verify import Signature, decoded, is_private, issue, received, subject


@DBOS.step()
def deliver(to: str, body: str) -> str:
    return to + body


@DBOS.step()
def now() -> float:
    import time

    return time.time()


@DBOS.workflow()
def accept(header: str, body: bytes, address: str) -> str:
    signature = Signature.parse(header)
    if not signature.matches(body) or is_private(address):
        return "refused"
    if signature.older_than(now()):
        return "old"
    return deliver(issue(address), decoded(body.decode()).decode())


@DBOS.workflow()
def accept_fresh(header: str, body: bytes) -> str:
    signature = Signature.parse(header)
    if signature.stale():
        return "stale"
    return deliver("queue", body.decode() + verify.nonce())


@DBOS.workflow()
def forward(token: str, date: str) -> str:
    who = subject(token)
    mail = verify.message(who, verify.sealed("hello"))
    return deliver(mail.as_string(), str(received(date)))
