"""Outgoing webhooks, signed and retried."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.request
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from dbos import DBOS, SetWorkflowID

from backoff import Backoff, jittered


@dataclass
class Event:
    kind: str
    payload: dict[str, Any]
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))


class Signer:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, body: bytes) -> str:
        digest = hmac.new(self._secret, body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def headers(self, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))  # flags: DBS001
        return {"X-Signature": self.sign(body), "X-Timestamp": stamp}


signer = Signer(b"secret")


@DBOS.step()
def post(url: str, body: str, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, data=body.encode(), headers=headers)
    with urllib.request.urlopen(request) as response:
        return response.status


@DBOS.workflow()
def deliver(url: str, kind: str, payload: dict[str, Any]) -> bool:
    event = Event(kind, payload)  # flags: DBS103
    body = json.dumps(asdict(event), sort_keys=True)
    if urlsplit(url).scheme != "https":
        return False
    for delay in Backoff(attempts=5):
        if post(url, body, signer.headers(body.encode())) < 300:
            return True
        DBOS.sleep(jittered(delay))
    return False


@DBOS.workflow()
def broadcast(urls: list[str], kind: str) -> int:
    for url in dict.fromkeys(urls):
        with SetWorkflowID(f"{DBOS.workflow_id}:{url}"):
            DBOS.start_workflow(deliver, url, kind, {})
    return len(urls)
