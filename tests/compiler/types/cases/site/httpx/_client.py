"""Clients."""
from __future__ import annotations

import redis


class Response:
    status_code: int
    text: str

    def json(self) -> dict[str, object]:
        return {}


class BaseClient:
    base_url: str


class Client(BaseClient):
    mounts: Mounts
    peer: redis.Redis

    def get(self, url: str) -> Response:
        return Response()

    def post(self, url: str, json: object = None) -> Response:
        return Response()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None: ...


class Mounts:
    """A part of a listed package that no line of the table names."""

    def primary(self) -> Client:
        return Client()


class AsyncClient(BaseClient):
    async def get(self, url: str) -> Response:
        return Response()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *error: object) -> None: ...
