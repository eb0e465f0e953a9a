from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

import jwt
from cryptography.fernet import Fernet

SECRET: Final = b"secret"
TOLERANCE_SECONDS = int(os.getenv("TOLERANCE", "300"))


@dataclass(frozen=True)
class Signature:
    at: int
    digest: str

    @classmethod
    def parse(cls, header: str) -> Signature:
        parts = dict(part.split("=", 1) for part in header.split(","))
        return cls(int(parts["t"]), parts["v1"])

    def matches(self, body: bytes) -> bool:
        wanted = hmac.new(SECRET, f"{self.at}.".encode() + body, sha256).hexdigest()
        return secrets.compare_digest(wanted, self.digest)

    def stale(self) -> bool:
        return time.time() - self.at > TOLERANCE_SECONDS  # flags: DBS001 DBS302

    def older_than(self, now: float, seconds: float = 300) -> bool:
        return now - self.at > seconds


def subject(token: str) -> str:
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])  # maybe: DBS001
    return str(claims["sub"])


def issue(name: str) -> str:
    return jwt.encode({"sub": name, "exp": 2_000_000_000}, SECRET, algorithm="HS256")


def nonce() -> str:
    return base64.urlsafe_b64encode(os.urandom(12)).decode()  # flags: DBS103


def sealed(text: str) -> str:
    return Fernet(base64.urlsafe_b64encode(SECRET.ljust(32))).encrypt(text.encode()).decode()  # flags: DBS103


def is_private(address: str) -> bool:
    return ip_address(address).is_private


def message(to: str, body: str) -> EmailMessage:
    made = EmailMessage()
    made["To"] = to
    made["Date"] = formatdate(0)
    made["Message-ID"] = make_msgid()  # flags: DBS104
    made.set_content(body)
    return made


def received(header: str) -> float:
    return parsedate_to_datetime(header).timestamp()


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return HTTPStatus.BAD_REQUEST.phrase.encode()
