"""DBOS behind web servers: launch with the server, idempotency keys, errors as answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from flask import Flask
from starlette.testclient import TestClient

from dbos import DBOS, DBOSConfig
from dbos.error import DBOSNotAuthorizedError

KEY = {"dbos-idempotency-key": "order-1"}


@pytest.fixture
def config(tmp_path: Path) -> Iterator[DBOSConfig]:
    """A configuration for a new SQLite file."""
    DBOS.destroy(destroy_registry=True)
    yield {"name": "web", "system_database_url": f"sqlite:///{tmp_path / 'web.sqlite'}"}
    DBOS.destroy(destroy_registry=True)


def fastapi_application(config: DBOSConfig, ran: list[str]) -> FastAPI:
    """A shop with a workflow as a route."""
    app = FastAPI()
    DBOS(config=config, fastapi=app)

    @DBOS.step()
    def process_order(order_id: str) -> dict[str, str]:
        ran.append(order_id)
        return {"order_id": order_id, "status": "processed"}

    @app.post("/orders/{order_id}")
    @DBOS.workflow()
    def create_order(order_id: str) -> dict[str, str]:
        return process_order(order_id)

    @app.post("/later/{order_id}")
    @DBOS.workflow()
    async def create_later(order_id: str) -> dict[str, str]:
        return process_order(order_id)

    @app.get("/orders/{order_id}/status")
    def get_order_status(order_id: str) -> str | None:
        workflows = DBOS.list_workflows(workflow_id=order_id)
        return workflows[0].status if workflows else None

    @app.get("/forbidden")
    def forbidden() -> None:
        raise DBOSNotAuthorizedError("not for you")

    return app


def test_routes_are_workflows_and_the_server_launches(config: DBOSConfig) -> None:
    ran: list[str] = []
    with TestClient(fastapi_application(config, ran)) as client:
        assert client.post("/orders/a").json() == {"order_id": "a", "status": "processed"}
        assert client.post("/later/b").json() == {"order_id": "b", "status": "processed"}
    assert ran == ["a", "b"]
    assert not DBOS.exists()


def test_a_repeated_request_is_the_same_execution(config: DBOSConfig) -> None:
    ran: list[str] = []
    with TestClient(fastapi_application(config, ran)) as client:
        for _ in range(3):
            assert client.post("/orders/a", headers=KEY).status_code == 200
        assert client.get("/orders/order-1/status").json() == "SUCCESS"
    assert ran == ["a"]


def test_a_key_that_cannot_be_an_id_is_the_error_of_the_client(config: DBOSConfig) -> None:
    key = "x" * 600
    ran: list[str] = []
    given = {b"dbos-idempotency-key": key.encode("latin-1")}
    with TestClient(fastapi_application(config, ran)) as client:
        answer = client.post("/orders/a", headers=given)
    assert (answer.status_code, ran) == (400, [])
    assert "workflow id" in answer.json()["message"]
    app = Flask(__name__)
    DBOS(config=config, flask=app)
    wrong = app.test_client().get("/", headers={"dbos-idempotency-key": key})
    assert wrong.status_code == 400
    assert "workflow id" in wrong.get_json()["message"]


def test_errors_of_dbos_are_answers(config: DBOSConfig) -> None:
    with TestClient(fastapi_application(config, [])) as client:
        answer = client.get("/forbidden")
        assert answer.status_code == 403
        assert "not for you" in answer.json()["message"]


def test_flask_requests_carry_keys(config: DBOSConfig) -> None:
    app = Flask("shop")
    DBOS(config=config, flask=app)
    ran: list[str] = []

    @DBOS.step()
    def process_order(order_id: str) -> str:
        ran.append(order_id)
        return order_id

    @app.post("/orders/<order_id>")
    @DBOS.workflow()
    def create_order(order_id: str) -> str:
        return process_order(order_id)

    @app.get("/missing")
    def missing() -> str:
        DBOS.retrieve_workflow("nobody")
        return "found"

    DBOS.launch()
    with app.test_client() as client:
        for _ in range(2):
            assert client.post("/orders/a", headers=KEY).text == "a"
        assert client.get("/missing").status_code == 404
    assert ran == ["a"]
    status = DBOS.get_workflow_status("order-1")
    assert status is not None
    assert status.status == "SUCCESS"
