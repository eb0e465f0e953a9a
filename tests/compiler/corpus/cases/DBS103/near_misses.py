"""Comparing and hashing secrets is deterministic; drawing them in a step is fine."""

import hashlib
import hmac
import os
import secrets

from dbos import DBOS


@DBOS.step()
def new_token() -> str:
    return secrets.token_hex()


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Vault:
    def token_hex(self) -> str:
        return "cafe"


def urandom(count: int) -> bytes:
    return bytes(count)


@DBOS.workflow()
def compared(given: str, expected: str) -> bool:
    same = secrets.compare_digest(given, expected)
    save("same", same)
    return same


@DBOS.workflow()
def drawn_in_a_step(name: str) -> str:
    token = new_token()
    save(name, token)
    return token


@DBOS.workflow()
def own_vault(name: str) -> str:
    token = Vault().token_hex()
    save(name, token)
    return token


@DBOS.workflow()
def own_urandom(name: str) -> bytes:
    save(name, urandom(4))
    return urandom(4)


@DBOS.workflow()
def derived(name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    save(name, digest)
    return hmac.new(b"key", name.encode(), "sha256").hexdigest()


@DBOS.workflow()
def path_only(name: str) -> str:
    path = os.path.join("secrets", name)
    save(name, path)
    return path


@DBOS.workflow()
def recorded_token(name: str) -> str:
    token = DBOS.run_step(None, secrets.token_hex, 8)
    save(name, token)
    return str(token)
