"""The network through methods of a client: held in attributes, globals and parameters."""

import http.client
from dataclasses import dataclass

import httpx
import requests
from requests import Session

from dbos import DBOS, DBOSConfiguredInstance

shared = requests.Session()


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
async def save_async(name: str, value: object) -> None:
    """Store a value."""


class Rates:
    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()

    def of(self, currency: str) -> int:
        return self.session.get(f"{self.base}/{currency}").json()["value"]  # flags: DBS202


@dataclass
class Gateway:
    client: httpx.Client

    def charge(self, order_id: str) -> str:
        return self.client.post("https://pay.example.com", json={"id": order_id}).text  # flags: DBS202


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, config_name: str) -> None:
        self.http = httpx.Client()
        super().__init__(config_name)

    @DBOS.workflow()
    def order(self, order_id: str) -> str:
        answer = self.http.get(f"https://stock.example.com/{order_id}").text  # flags: DBS202
        save(order_id, answer)
        return answer


shop = Shop("main")


def looked_up(client: httpx.Client, name: str) -> int:
    return client.get(f"https://example.com/{name}").status_code  # flags: DBS202


@DBOS.workflow()
def with_a_session(name: str) -> str:
    session = Session()
    body = session.get(f"https://example.com/{name}").text  # flags: DBS202
    save(name, body)
    return body


@DBOS.workflow()
def with_a_context(name: str) -> str:
    with httpx.Client(timeout=5) as client:
        answer = client.request("GET", f"https://example.com/{name}")  # flags: DBS202
    save(name, answer.text)
    return answer.text


@DBOS.workflow()
async def with_async_client(name: str) -> str:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"https://example.com/{name}")  # flags: DBS202
    await save_async(name, answer.text)
    return answer.text


@DBOS.workflow()
def held_by_an_object(currency: str) -> int:
    value = Rates("https://rates.example.com").of(currency)
    save(currency, value)
    return value


@DBOS.workflow()
def held_by_a_field(order_id: str) -> str:
    answer = Gateway(httpx.Client()).charge(order_id)
    save(order_id, answer)
    return answer


@DBOS.workflow()
def given_to_a_helper(name: str) -> int:
    status = looked_up(httpx.Client(), name)
    save(name, status)
    return status


@DBOS.workflow()
def global_session(name: str) -> str:
    answer = shared.post("https://example.com", data=name)  # flags: DBS202
    save(name, answer.text)
    return answer.text


@DBOS.workflow()
def by_annotation(client: requests.Session, name: str) -> str:  # flags: DBS851
    body = client.get(f"https://example.com/{name}").text  # flags: DBS202
    save(name, body)
    return body


@DBOS.workflow()
def plain_connection(name: str) -> str:
    connection = http.client.HTTPSConnection("example.com", timeout=1)
    try:
        connection.request("GET", f"/{name}")  # flags: DBS201
    except OSError as error:
        save(name, str(error))
    return name
