"""Around the network, but not on it: addresses, errors, and requests made in steps."""

import http
import socket
import urllib.error
from urllib.parse import quote, urlencode, urlparse

import httpx
import requests

from dbos import DBOS


@DBOS.step()
def fetch(address: str) -> str:
    return requests.get(address).text


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Catalogue:
    def __init__(self) -> None:
        self.prices = {"tea": 300}

    def get(self, name: str) -> int:
        return self.prices.get(name, 0)

    def post(self, name: str, price: int) -> None:
        self.prices[name] = price


def request(name: str) -> dict[str, str]:
    return {"name": name}


@DBOS.workflow()
def in_a_step(name: str) -> str:
    body = fetch(f"https://example.com/{quote(name)}")
    save(name, body)
    return body


@DBOS.workflow()
def handles_errors(name: str) -> str:
    try:
        return fetch(f"https://example.com/{name}")
    except requests.Timeout:
        return "late"
    except urllib.error.URLError:
        return "unreachable"


@DBOS.workflow()
def built_address(name: str) -> str:
    address = "https://example.com/?" + urlencode({"name": name})
    save(name, urlparse(address).netloc)
    return address


@DBOS.workflow()
def address_object(name: str) -> str:
    host = httpx.URL(f"https://example.com/{name}").host
    save(name, host)
    return host


@DBOS.workflow()
def own_get(name: str) -> int:
    catalogue = Catalogue()
    catalogue.post(name, 500)
    save(name, catalogue.get(name))
    return catalogue.get("tea")


@DBOS.workflow()
def own_request(name: str) -> dict[str, str]:
    requests = request(name)
    save(name, requests.get("name"))
    return requests


@DBOS.workflow()
def status_names(code: int = 404) -> str:
    phrase = http.HTTPStatus(code).phrase
    save("phrase", phrase)
    return phrase + str(socket.AF_INET.name)


@DBOS.workflow()
def recorded(name: str) -> str:
    answer = DBOS.run_step({"name": "fetch"}, lambda: requests.get(f"https://e.com/{name}").text)
    save(name, answer)
    return str(answer)
