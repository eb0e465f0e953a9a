from __future__ import annotations

import secrets
from functools import partial

from dbos import DBOS

from wrapping import Memo, checked, compose, forward, timed, with_request_id


@DBOS.step()
def send(text: str) -> str:
    return text


@timed
def halve(number: int) -> int:
    return number // 2


@checked(2)
def double(number: int) -> int:
    return number * 2


@with_request_id
def label(request: str, text: str) -> str:
    return f"{request} {text}"


@Memo
def triple(number: int) -> int:
    return number * 3


def salt(text: str) -> str:
    return text + secrets.token_hex(2)  # flags: DBS103


@DBOS.workflow()
@checked(3)
def clean(number: int) -> str:
    return send(str(forward(double, forward(pow, number, 2))))


@DBOS.workflow()
def clean_composed(text: str) -> str:
    return send(compose(str.strip, str.title, partial(str.ljust, width=3) if False else str.lower)(text))


@DBOS.workflow()
def measured(number: int) -> str:
    return send(str(halve(number)))


@DBOS.workflow()
def labelled(text: str) -> str:
    return send(label(text))


@DBOS.workflow()
def counted(number: int) -> str:
    return send(str(triple(number)))


@DBOS.workflow()
def salted(text: str) -> str:
    return send(compose(str.strip, salt)(text))


@DBOS.workflow()
def forwarded(text: str) -> str:
    return forward(partial(forward, salt), text)
