from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta, timezone

import jwt
from cryptography.fernet import Fernet
from dbos import DBOS
from passlib.hash import bcrypt


def sign(secret: bytes, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()


def same(left: str, right: str) -> bool:
    return secrets.compare_digest(left, right)


def token(user: str) -> str:
    expires = datetime.now(tz=timezone.utc) + timedelta(hours=1)  # flags: DBS001
    return jwt.encode({"sub": user, "exp": expires}, "secret", algorithm="HS256")


def claims(text: str) -> dict[str, object]:
    return jwt.decode(text, "secret", algorithms=["HS256"], options={"verify_exp": False})


def seal(text: str) -> str:
    return Fernet(Fernet.generate_key()).encrypt(text.encode()).decode()  # flags: DBS103


@DBOS.step()
def deliver(url: str, body: str, signature: str) -> int:
    return len(url + body + signature)


@DBOS.step()
def make_token(user: str) -> str:
    return token(user)


@DBOS.workflow()
def push(url: str, body: str, expected: str) -> int:
    signature = sign(b"key", body.encode())
    if not same(signature, expected):
        return 0
    return deliver(url, body, make_token("robot"))


@DBOS.workflow()
def push_fresh(url: str, body: str) -> int:
    return deliver(url, body, token("robot"))


@DBOS.workflow()
def push_sealed(url: str, body: str) -> int:
    return deliver(url, seal(body), str(claims(body)["sub"]))


@DBOS.workflow()
def enroll(password: str) -> str:
    return bcrypt.hash(password)  # flags: DBS103
