"""Workflows and steps of classes: static, class and instance methods, inheritance, instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, DBOSConfiguredInstance, Queue, SetWorkflowID
from dbos.error import DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]


def test_a_recovered_instance_is_the_one_of_its_name(
    tables: SystemTables, recover: Recover
) -> None:
    @DBOS.dbos_class()
    class Shop(DBOSConfiguredInstance):
        def __init__(self, city: str) -> None:
            self.city = city
            super().__init__(config_name=city)

        @DBOS.step()
        def greet(self, name: str) -> str:
            return f"{name} in {self.city}"

        @DBOS.workflow()
        def visit(self, name: str) -> str:
            return self.greet(name)

    shops = [Shop("Rome"), Shop("Oslo")]
    for shop in shops:
        with SetWorkflowID(f"visit-{shop.city}"):
            assert shop.visit("Ann") == f"Ann in {shop.city}"
        tables.force_status(f"visit-{shop.city}", "PENDING")
        tables.forget_steps(f"visit-{shop.city}")
    results = {handle.workflow_id: handle.get_result() for handle in recover()}
    assert results == {"visit-Rome": "Ann in Rome", "visit-Oslo": "Ann in Oslo"}


def test_the_status_names_class_and_instance() -> None:
    @DBOS.dbos_class()
    class Shop(DBOSConfiguredInstance):
        def __init__(self, city: str) -> None:
            super().__init__(config_name=city)

        @DBOS.workflow()
        def visit(self) -> str:
            return self.config_name

    with SetWorkflowID("visit"):
        assert Shop("Rome").visit() == "Rome"
    status = DBOS.get_workflow_status("visit")
    assert status is not None
    assert (status.class_name, status.config_name) == (Shop.__qualname__, "Rome")
    assert status.name == Shop.visit.__qualname__


def test_a_class_may_be_given_a_name() -> None:
    @DBOS.dbos_class("store")
    class Shop(DBOSConfiguredInstance):
        @DBOS.workflow()
        def visit(self) -> str:
            return "visited"

    with SetWorkflowID("visit"):
        assert Shop("one").visit() == "visited"
    status = DBOS.get_workflow_status("visit")
    assert status is not None
    assert status.class_name == "store"


def test_static_methods(tables: SystemTables, recover: Recover) -> None:
    ran: list[int] = []

    @DBOS.dbos_class()
    class Tools:
        @staticmethod
        @DBOS.step()
        def double(value: int) -> int:
            ran.append(value)
            return value * 2

        @staticmethod
        @DBOS.workflow()
        def work(value: int) -> int:
            return Tools.double(value) + 1

    with SetWorkflowID("static"):
        assert Tools.work(4) == 9
    tables.force_status("static", "PENDING")
    assert [handle.get_result() for handle in recover()] == [9]
    assert ran == [4]


def test_class_methods(tables: SystemTables, recover: Recover) -> None:
    @DBOS.dbos_class()
    class Tools:
        factor = 3

        @classmethod
        @DBOS.step()
        def multiply(cls, value: int) -> int:
            return value * cls.factor

        @classmethod
        @DBOS.workflow()
        def work(cls, value: int) -> int:
            return cls.multiply(value) + 1

    with SetWorkflowID("class"):
        assert Tools.work(4) == 13
    tables.force_status("class", "PENDING")
    tables.forget_steps("class")
    assert [handle.get_result() for handle in recover()] == [13]


@pytest.mark.parametrize("kind", ["static", "class", "instance"])
def test_methods_run_in_the_background_and_on_queues(kind: str) -> None:
    queue = Queue("methods", polling_interval_sec=0.05)

    @DBOS.dbos_class()
    class Tools(DBOSConfiguredInstance):
        @staticmethod
        @DBOS.workflow()
        def of_static(value: int) -> str:
            return f"static {value}"

        @classmethod
        @DBOS.workflow()
        def of_class(cls, value: int) -> str:
            return f"{cls.__name__} {value}"

        @DBOS.workflow()
        def of_instance(self, value: int) -> str:
            return f"{self.config_name} {value}"

    tools = Tools("seven")
    method, expected = {
        "static": (Tools.of_static, "static 1"),
        "class": (Tools.of_class, "Tools 1"),
        "instance": (tools.of_instance, "seven 1"),
    }[kind]
    assert DBOS.start_workflow(method, 1).get_result() == expected
    assert queue.enqueue(method, 1).get_result() == expected


def test_inherited_methods_know_their_class() -> None:
    @DBOS.dbos_class()
    class Parent(DBOSConfiguredInstance):
        def flavour(self) -> str:
            return "plain"

        @DBOS.workflow()
        def taste(self) -> str:
            return f"{self.flavour()} {self.config_name}"

    class Child(Parent):
        def flavour(self) -> str:
            return "sweet"

    assert Parent("one").taste() == "plain one"
    assert Child("two").taste() == "sweet two"


def test_an_instance_of_a_child_class_is_recovered(tables: SystemTables, recover: Recover) -> None:
    @DBOS.dbos_class()
    class Parent(DBOSConfiguredInstance):
        def flavour(self) -> str:
            return "plain"

        @DBOS.workflow()
        def taste(self) -> str:
            return f"{self.flavour()} {self.config_name}"

    class Child(Parent):
        def flavour(self) -> str:
            return "sweet"

    child = Child("two")
    with SetWorkflowID("child"):
        assert child.taste() == "sweet two"
    tables.force_status("child", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["sweet two"]


def test_two_instances_cannot_share_a_name() -> None:
    @DBOS.dbos_class()
    class Shop(DBOSConfiguredInstance):
        pass

    Shop("one")
    with pytest.raises(Exception, match="one"):
        Shop("one")


def test_an_instance_of_a_registered_child_class_has_its_own_class() -> None:
    @DBOS.dbos_class()
    class Parent(DBOSConfiguredInstance):
        pass

    @DBOS.dbos_class("child of parent")
    class Child(Parent):
        @DBOS.workflow()
        def taste(self) -> str:
            return self.config_name

    with SetWorkflowID("w"):
        assert Child("one").taste() == "one"
    status = DBOS.get_workflow_status("w")
    assert status is not None
    assert status.class_name == "child of parent"


def test_instances_of_two_classes_may_share_a_name() -> None:
    @DBOS.dbos_class()
    class Shop(DBOSConfiguredInstance):
        @DBOS.workflow()
        def who(self) -> str:
            return "shop"

    @DBOS.dbos_class()
    class Bank(DBOSConfiguredInstance):
        @DBOS.workflow()
        def who(self) -> str:
            return "bank"

    assert (Shop("one").who(), Bank("one").who()) == ("shop", "bank")


def test_an_instance_workflow_of_an_unconfigured_class_is_refused() -> None:
    @DBOS.dbos_class()
    class Shop:
        @DBOS.workflow()
        def visit(self) -> str:
            return "visited"

    with pytest.raises(Exception, match=r"config_name|DBOSConfiguredInstance"):
        Shop().visit()


def test_a_step_of_an_ordinary_class_needs_no_registration() -> None:
    class Client:
        @DBOS.step()
        def fetch(self) -> str:
            return "fetched"

    client = Client()

    @DBOS.workflow()
    def workflow() -> str:
        return client.fetch()

    with SetWorkflowID("ordinary"):
        assert workflow() == "fetched"
    assert len(DBOS.list_workflow_steps("ordinary")) == 1


def test_a_row_of_an_unknown_instance_is_not_run(tables: SystemTables, recover: Recover) -> None:
    ran: list[str] = []

    @DBOS.dbos_class()
    class Shop(DBOSConfiguredInstance):
        @DBOS.workflow()
        def visit(self) -> str:
            ran.append(self.config_name)
            return "visited"

    shop = Shop("known")
    for name in ("lost", "found"):
        with SetWorkflowID(name):
            shop.visit()
        tables.force_status(name, "PENDING")
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET config_name = 'unknown' "
        "WHERE workflow_uuid = 'lost'"
    )
    recover()
    assert DBOS.get_result("found") == "visited"
    assert ran == ["known"] * 3


def test_a_class_method_of_a_subclass_without_a_name_of_its_own_is_refused() -> None:
    """Recovery would call it on the parent, whose name the subclass inherits."""

    @DBOS.dbos_class()
    class Shop:
        @classmethod
        @DBOS.workflow()
        def name(cls) -> str:
            return cls.__name__

    class Bakery(Shop): ...

    @DBOS.dbos_class()
    class Bookshop(Shop): ...

    assert [Shop.name(), Bookshop.name()] == ["Shop", "Bookshop"]
    with pytest.raises(DBOSException, match=r"Bakery.*dbos_class"):
        Bakery.name()
