"""Tokens whose time nobody asks for."""

from __future__ import annotations

import jwt
from dbos import DBOS

RUNNABLE = False


@DBOS.workflow()
def claims(token: str) -> str:
    options = {"verify_exp": False, "verify_aud": True}
    known = jwt.decode(token, "key", options=options)
    return str(known) + str(jwt.decode(token, options={"verify_signature": False}))
