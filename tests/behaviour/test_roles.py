"""Roles: who may run what, and that children and rows carry the identity."""

from __future__ import annotations

import asyncio
import contextvars

import pytest

from dbos import DBOS, DBOSContextEnsure, DBOSContextSetAuth, SetWorkflowID
from dbos.error import DBOSException, DBOSNotAuthorizedError

pytestmark = pytest.mark.usefixtures("launched")


def test_without_the_role_nothing_runs() -> None:
    ran: list[str] = []

    @DBOS.required_roles(["admin"])
    @DBOS.workflow()
    def workflow() -> str:
        ran.append("ran")
        return "allowed"

    with DBOSContextEnsure(), pytest.raises(DBOSNotAuthorizedError):
        workflow()
    with DBOSContextSetAuth("bob", ["user"]), pytest.raises(DBOSNotAuthorizedError):
        workflow()
    assert ran == []
    with DBOSContextSetAuth("alice", ["user", "admin"]):
        assert workflow() == "allowed"
    assert ran == ["ran"]


def test_the_role_assumed_is_the_one_required() -> None:
    @DBOS.required_roles(["auditor", "admin"])
    @DBOS.workflow()
    def workflow() -> tuple[str | None, str | None, list[str] | None]:
        return (DBOS.assumed_role, DBOS.authenticated_user, DBOS.authenticated_roles)

    with DBOSContextSetAuth("alice", ["user", "admin"]), SetWorkflowID("w"):
        assert workflow() == ("admin", "alice", ["user", "admin"])
    status = DBOS.get_workflow_status("w")
    assert status is not None
    assert status.authenticated_user == "alice"
    assert status.authenticated_roles == ["user", "admin"]
    assert status.assumed_role == "admin"


def test_a_class_has_default_roles() -> None:
    @DBOS.default_required_roles(["user"])
    @DBOS.dbos_class()
    class Service:
        @staticmethod
        @DBOS.workflow()
        def usual() -> str:
            return "usual"

        @staticmethod
        @DBOS.required_roles(["admin"])
        @DBOS.workflow()
        def special() -> str:
            return "special"

        @staticmethod
        @DBOS.required_roles([])
        @DBOS.workflow()
        def open() -> str:
            return "open"

    with DBOSContextSetAuth("bob", ["user"]):
        assert Service.usual() == "usual"
        assert Service.open() == "open"
        with pytest.raises(DBOSNotAuthorizedError):
            Service.special()
    with DBOSContextSetAuth("nobody", []):
        assert Service.open() == "open"
        with pytest.raises(DBOSNotAuthorizedError):
            Service.usual()


def test_children_run_as_their_parent() -> None:
    @DBOS.workflow()
    def child() -> str | None:
        return DBOS.authenticated_user

    @DBOS.workflow()
    def parent() -> str | None:
        return child()

    with DBOSContextSetAuth("alice", ["user"]):
        assert parent() == "alice"


def test_a_workflow_in_the_background_runs_as_its_caller() -> None:
    @DBOS.workflow()
    def workflow() -> str | None:
        return DBOS.authenticated_user

    with DBOSContextSetAuth("alice", ["user"]):
        handle = DBOS.start_workflow(workflow)
    assert handle.get_result() == "alice"


def test_an_identity_is_set_for_the_rest_of_a_request() -> None:
    @DBOS.required_roles(["admin"])
    @DBOS.workflow()
    def workflow() -> tuple[str | None, str | None]:
        return DBOS.authenticated_user, DBOS.assumed_role

    def request() -> tuple[str | None, str | None]:
        DBOS.set_authentication("alice", ["user", "admin"])
        return workflow()

    assert contextvars.copy_context().run(request) == ("alice", "admin")
    with pytest.raises(DBOSNotAuthorizedError):
        workflow()
    with pytest.raises(DBOSException, match="list of texts"):
        DBOS.set_authentication("alice", "admin")


@pytest.mark.parametrize("kind", ["step", "transaction"])
def test_steps_and_transactions_require_roles_too(kind: str) -> None:
    decorate = DBOS.step() if kind == "step" else DBOS.transaction()

    @DBOS.required_roles(["admin"])
    @decorate
    def guarded() -> str | None:
        return DBOS.assumed_role

    @DBOS.workflow()
    def workflow() -> tuple[str | None, str | None]:
        return guarded(), DBOS.assumed_role

    with pytest.raises(DBOSNotAuthorizedError, match="guarded"):
        guarded()
    with SetWorkflowID("refused"), pytest.raises(DBOSNotAuthorizedError, match="guarded"):
        workflow()
    assert DBOS.list_workflow_steps("refused") == []
    with DBOSContextSetAuth("root", ["admin"]):
        assert guarded() == "admin"
        assert workflow() == ("admin", None)


def test_coroutine_steps_require_roles_too() -> None:
    @DBOS.required_roles(["admin"])
    @DBOS.step()
    async def guarded() -> str | None:
        return DBOS.assumed_role

    @DBOS.workflow()
    async def workflow() -> str | None:
        return await guarded()

    with pytest.raises(DBOSNotAuthorizedError, match="guarded"):
        asyncio.run(workflow())
    with DBOSContextSetAuth("root", ["admin"]):
        assert asyncio.run(workflow()) == "admin"


def test_default_roles_hold_for_the_steps_of_a_class() -> None:
    @DBOS.default_required_roles(["user"])
    @DBOS.dbos_class()
    class Shop:
        @staticmethod
        @DBOS.step()
        def price() -> int:
            return 5

    @DBOS.workflow()
    def workflow() -> int:
        return Shop.price()

    with pytest.raises(DBOSNotAuthorizedError, match="price"):
        workflow()
    with DBOSContextSetAuth("somebody", ["user"]):
        assert workflow() == 5


def test_nobody_has_no_roles() -> None:
    assert DBOS.authenticated_user is None
    assert DBOS.authenticated_roles is None
