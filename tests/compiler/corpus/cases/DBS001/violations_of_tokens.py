"""Tokens are checked against the time."""

from __future__ import annotations

import jwt
from dbos import DBOS

RUNNABLE = False


@DBOS.workflow()
def claims(token: str) -> str:
    options = {"verify_exp": True}
    return str(jwt.decode(token, "key", options=options))  # flags: DBS001
