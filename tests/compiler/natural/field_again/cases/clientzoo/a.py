from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Union

import boto3
import httpx
import redis
import requests
from dbos import DBOS
from elasticsearch import Elasticsearch


@dataclass
class Services:
    http: httpx.Client
    cache: Optional[redis.Redis] = None
    search: Union[Elasticsearch, None] = None
    buckets: dict[str, "boto3.session.Session"] = field(default_factory=dict)


SESSIONS = [requests.Session(), requests.Session()]
BY_REGION = {region: httpx.Client(base_url=f"https://{region}") for region in ("eu", "us")}


def services() -> Services:
    return Services(http=httpx.Client(), cache=redis.Redis())


def first_ok(urls: list[str]) -> bool:
    return any(session.get(url).ok for session in SESSIONS for url in urls)  # flags: DBS202


def by_region(region: str) -> str:
    return BY_REGION[region].get("/").text  # flags: DBS202


def cached(found: Services, key: str) -> bytes | None:
    return found.cache.get(key) if found.cache else None  # flags: DBS202


def make_client():
    return httpx.Client(timeout=3)


@DBOS.workflow()
def visit(urls: list[str]) -> str:
    found = services()
    if first_ok(urls):
        return by_region("eu")
    client = make_client()
    with client:
        text = client.get(urls[0]).text  # flags: DBS202
    hits = found.search.search(index="a") if found.search else None
    return f"{cached(found, 'a')}{text}{hits}"


@DBOS.workflow()
def closure(urls: list[str]) -> list[int]:
    client = make_client()

    def status(url: str) -> int:
        return client.head(url).status_code  # flags: DBS202

    return [status(url) for url in urls]
