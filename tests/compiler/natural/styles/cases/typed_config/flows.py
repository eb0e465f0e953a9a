from __future__ import annotations

from dbos import DBOS

from settings import Limits, Mail, mail_settings, secrets

DEFAULTS = Limits(items=5, region="ch")


@DBOS.step()
def deliver(host: str, text: str) -> str:
    return f"{host}:{text}"


@DBOS.step()
def host() -> str:
    return mail_settings().host


@DBOS.workflow()
def send(text: str) -> str:
    if len(text) > DEFAULTS.items:
        text = text[: DEFAULTS.items]
    return deliver(host(), text)


@DBOS.workflow()
def send_here(text: str) -> str:
    return deliver(mail_settings().host, text)


@DBOS.workflow()
def send_limited(text: str) -> str:
    limits = Limits(items=3)  # flags: DBS301
    other = Limits.from_file("limits.toml")
    return deliver(limits.region + other.region, text + str(secrets()))
