"""Each workflow reaches one call that only types tell."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import acme
import httpx
from acme import App, Pool, connect
from dbos import DBOS

from shop import gateways
from shop.gateways import Api, Gateway, fetch

if TYPE_CHECKING:
    import redis
    from acme import Deps
    from sqlalchemy import Connection

T = TypeVar("T")


def ask(client, path):
    return client.get(path)  # flags: DBS202


@DBOS.workflow()
def returned_by_a_library_function():
    return acme.connect().get("/")  # flags: DBS202


@DBOS.workflow()
def passed_to_a_helper_without_annotations():
    return ask(connect(), "/")


@DBOS.workflow()
def passed_to_a_helper_of_another_module():
    return fetch(acme.connect())


@DBOS.workflow()
def stored_in_a_local_variable():
    client = acme.connect()
    text = "é"; return client.post("/", {"a": text})  # flags: DBS202


@DBOS.workflow()
def loop_variable_of_a_library_iterator():
    for client in acme.pool():
        client.get("/")  # flags: DBS202


@DBOS.workflow()
async def asynchronous_loop_variable():
    async for client in acme.feed():
        await client.get("/")  # flags: DBS202


@DBOS.workflow()
def attribute_of_a_parameter(app: App):
    return app.http.get("/")  # flags: DBS202


@DBOS.workflow()
async def property_of_a_parameter(app: App):
    return await app.asynchronous.get("/")  # flags: DBS202


@DBOS.workflow()
def parameter_typed_only_for_checkers(deps: Deps):
    return deps.app.http.get("/")  # flags: DBS202


@DBOS.workflow()
def generator_as_a_context_manager():
    with acme.lease() as client:
        return client.get("/")  # flags: DBS202


@DBOS.workflow()
async def asynchronous_generator_as_a_context_manager():
    async with acme.lease_async() as client:
        return await client.get("/")  # flags: DBS202


@DBOS.workflow()
def class_as_a_context_manager():
    with Pool() as client:
        return client.get("/")  # flags: DBS202


@DBOS.workflow()
async def awaited_factory():
    client = await acme.connect_async()
    return await client.get("/")  # flags: DBS202


@DBOS.workflow()
def held_in_an_attribute():
    return Gateway().charge("1")


@DBOS.workflow()
def own_class_with_an_inherited_call():
    return Api().status()


@DBOS.workflow()
def inherited_by_a_library_class():
    return acme.session().get("/")  # flags: DBS202


@DBOS.workflow()
def generic_class():
    return acme.registry().lookup("payments").get("/")  # flags: DBS202


@DBOS.workflow()
def generic_attribute():
    return acme.holder().item.incr("orders")  # flags: DBS202


@DBOS.workflow()
def generic_function(app: App):
    return acme.first(app.clients).get("/")  # flags: DBS202


@DBOS.workflow()
def narrowed_optional():
    client = acme.find("payments")
    if client is not None:
        client.get("/")  # flags: DBS202


@DBOS.workflow()
def optional_that_is_not_narrowed():
    client = acme.find("payments")
    client.post("/")  # flags: DBS202


@DBOS.workflow()
def narrowed_by_a_walrus():
    if client := acme.find("payments"):
        client.get("/")  # flags: DBS202


@DBOS.workflow()
def one_of_two_clients():
    return acme.either().get("/")  # flags: DBS202


@DBOS.workflow()
def value_of_a_dictionary():
    return acme.by_name()["payments"].get("/")  # flags: DBS202


@DBOS.workflow()
def values_of_a_dictionary():
    for name, client in acme.by_name().items():
        client.get(name)  # flags: DBS202


@DBOS.workflow()
def unpacked_tuple():
    name, client = acme.pair()
    return client.get(name)  # flags: DBS202


@DBOS.workflow()
def comprehension(app: App):
    return [client.get("/").text for client in app.clients]  # flags: DBS202


@DBOS.workflow()
def mapped_lambda():
    return list(map(lambda client: client.get("/"), acme.pool()))  # flags: DBS202


@DBOS.workflow()
def next_of_an_iterator():
    return next(acme.pool()).get("/")  # flags: DBS202


@DBOS.workflow()
def enumerated(app: App):
    for number, client in enumerate(app.clients):
        client.get(str(number))  # flags: DBS202


@DBOS.workflow()
def partial_factory():
    make = functools.partial(acme.connect)
    return make().get("/")  # flags: DBS202


@DBOS.workflow()
def instance_of_a_library_module():
    return acme.DEFAULT.get("/")  # flags: DBS202


@DBOS.workflow()
def field_of_a_named_tuple():
    return acme.deps().cache.incr("orders")  # flags: DBS202


@DBOS.workflow()
def three_attributes_deep():
    return acme.llm().chat.completions.create(model="m", messages=[])  # flags: DBS202


@DBOS.workflow()
def database_connection():
    return acme.database().execute("select 1")  # flags: DBS205


@DBOS.workflow()
def file():
    return acme.data_file().read_text()  # flags: DBS203


@DBOS.workflow()
def class_returned_by_a_function():
    return acme.clock().now()  # flags: DBS001


@dataclass
class Job:
    app: App

    def run(self):
        return self.app.http.get("/")  # flags: DBS202


@DBOS.workflow()
def attribute_of_an_own_dataclass():
    return Job(acme.deps().app).run()


@DBOS.workflow()
def made_by_a_function_of_another_module():
    return gateways.make().get("/")  # flags: DBS202


@DBOS.workflow()
def nested_function():
    client = acme.connect()

    def inner():
        return client.get("/")  # flags: DBS202

    return inner()


def stores() -> "list[redis.Redis]":
    return []


@DBOS.workflow()
def elements_of_a_list_that_starts_empty():
    for store in stores():
        store.incr("orders")  # flags: DBS202


@DBOS.workflow()
def unlisted_part_of_a_listed_package():
    return httpx.Client().mounts.primary().get("/")  # flags: DBS202


@DBOS.workflow()
def client_of_another_package_in_an_unlisted_attribute():
    return httpx.Client().peer.incr("orders")  # flags: DBS202


@DBOS.workflow()
def narrowed_by_isinstance(thing):
    if isinstance(thing, acme.App):
        return thing.http.get("/")  # flags: DBS202


@DBOS.workflow()
def chosen_by_a_condition(app: App, urgent: bool):
    client = app.http if urgent else acme.connect()
    return client.get("/")  # flags: DBS202


@DBOS.workflow()
async def result_of_a_gathering(app: App):
    one, two = await asyncio.gather(acme.connect_async(), acme.connect_async())
    return await two.get("/")  # flags: DBS202


@DBOS.workflow()
def through_a_property_of_an_own_class(app: App):
    return Checkout(app).client.get("/")  # flags: DBS202


class Checkout:
    def __init__(self, app: App):
        self._app = app

    @property
    def client(self):
        return self._app.http


@DBOS.workflow()
def own_protocol_with_a_library_type(source: Source):
    return source.connection().execute("select 1")  # flags: DBS205


class Source(Protocol):
    def connection(self) -> Connection: ...


@DBOS.workflow()
def own_generic_class():
    return Box(acme.connect()).item.get("/")  # flags: DBS202


class Box(Generic[T]):
    def __init__(self, item: T):
        self.item = item
