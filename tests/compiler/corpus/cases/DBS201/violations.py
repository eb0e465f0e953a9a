"""The network through functions of a module: asked again, and answered differently, at replay."""

import asyncio
import http.client
import smtplib
import socket
import urllib.request as web
from functools import partial
from urllib.request import urlopen

import httpx
import requests
from requests import post as send

from dbos import DBOS

fetch = partial(requests.get, timeout=5)


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
async def save_async(name: str, value: object) -> None:
    """Store a value."""


def rate(currency: str) -> int:
    return requests.get(f"https://rates.example.com/{currency}").json()["value"]  # flags: DBS201


def converted(amount: int, currency: str) -> int:
    return amount * rate(currency)


class Notifier:
    address = "https://hooks.example.com"

    def tell(self, text: str) -> int:
        return send(self.address, json={"text": text}).status_code  # flags: DBS201


@DBOS.workflow()
def example(friend: str) -> str:
    body = requests.get("https://example.com").text  # flags: DBS201
    save(friend, body)
    return body


@DBOS.workflow()
def priced(amount: int) -> int:
    total = converted(amount, "eur")
    save("total", total)
    return total


@DBOS.workflow()
def told(name: str) -> None:
    save(name, Notifier().tell(name))


@DBOS.workflow()
def page(name: str) -> bytes:
    with urlopen(f"https://example.com/{name}") as answer:  # flags: DBS201
        content = answer.read()
    save(name, content)
    return content


@DBOS.workflow()
def downloaded(names: list[str]) -> list[str]:
    files = [web.urlretrieve(f"https://example.com/{name}")[0] for name in names]  # flags: DBS201
    save("files", files)
    return files


@DBOS.workflow()
def through_a_partial(name: str) -> bool:
    answer = fetch(f"https://example.com/{name}")  # flags: DBS201
    if answer.ok:
        save(name, "ok")
    return answer.ok


@DBOS.workflow()
def fire_and_forget(name: str) -> str:
    httpx.post("https://example.com/started", data={"name": name})  # flags: DBS201
    save(name, "started")
    return name


@DBOS.workflow()
def resolved(name: str) -> str:
    try:
        address = socket.gethostbyname(name)  # flags: DBS201
    except OSError:
        address = "none"
    save(name, address)
    return address


@DBOS.workflow()
def mailed(name: str) -> str:
    try:
        server = smtplib.SMTP("mail.example.com")  # flags: DBS201
        server.sendmail("shop@example.com", name, "hello")  # flags: DBS201
    except OSError as error:
        save(name, str(error))
    return name


@DBOS.workflow()
def connected(name: str) -> str:
    try:
        socket.create_connection(("example.com", 443))  # flags: DBS201
    except OSError as error:
        save(name, str(error))
    return name
