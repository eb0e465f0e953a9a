"""Methods with the names of network verbs on values that are no clients."""

from collections import deque
from dataclasses import dataclass, field
from queue import Queue as Line

import httpx
import requests

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def fetch(name: str) -> str:
    with requests.Session() as session:
        return session.get(f"https://example.com/{name}").text


class Rates:
    def __init__(self) -> None:
        self.session = requests.Session()

    @DBOS.step()
    def of(self, currency: str) -> int:
        return self.session.get(f"https://rates.example.com/{currency}").json()["value"]

    def label(self, currency: str) -> str:
        return f"rate of {currency}"


rates = Rates()


@dataclass
class Mailbox:
    letters: list[str] = field(default_factory=list)

    def send(self, letter: str) -> int:
        self.letters.append(letter)
        return len(self.letters)

    def request(self, number: int) -> str:
        return self.letters[number]


class Store(dict[str, int]):
    def post(self, name: str, value: int) -> None:
        self[name] = value


@DBOS.workflow()
def dictionary(values: dict[str, int]) -> int:
    found = values.get("b", 0)
    save("found", found)
    return found


@DBOS.workflow()
def own_mailbox(name: str) -> str:
    box = Mailbox()
    box.send(name)
    save(name, box.request(0))
    return box.request(0)


@DBOS.workflow()
def client_in_a_step(name: str) -> str:
    return fetch(name)


@DBOS.workflow()
def method_step(currency: str) -> int:
    value = rates.of(currency)
    save(rates.label(currency), value)
    return value


@DBOS.workflow()
def own_store(name: str) -> int:
    store = Store()
    store.post(name, 3)
    save(name, store.get(name))
    return store[name]


@DBOS.workflow()
def answers_as_data(names: list[str]) -> str:
    waiting = deque(names)
    waiting.append("last")
    save("first", waiting.popleft())
    return waiting.pop()


@DBOS.workflow()
def headers_only(name: str) -> str:
    session = requests.Session()
    session.headers["name"] = name
    save(name, session.headers["name"])
    return session.headers.get("name", "")


@DBOS.workflow()
def only_constructed(name: str) -> str:
    httpx.Client()
    save(name, "client made, nothing asked")
    return name
