"""Each workflow looks like one that reaches a client, and reaches none."""

from __future__ import annotations

import httpx

import acme
from acme import App, Options, Tenant, Transport
from dbos import DBOS


@DBOS.step()
def fetch(path: str) -> httpx.Response:
    return acme.connect().get(path)


@DBOS.step()
def refresh(app: App) -> None:
    for client in app.clients:
        client.get("/")


@DBOS.workflow()
def clients_are_used_in_a_step_only():
    return fetch("/").json()


@DBOS.workflow()
def an_object_with_clients_is_passed_to_a_step(app: App):
    refresh(app)


@DBOS.workflow()
def a_client_is_made_and_not_used():
    client = acme.connect()
    return client is not None


@DBOS.workflow()
def options_have_get_and_post():
    options = acme.options()
    options.post("a")
    return options.get("a")


@DBOS.workflow()
def a_parameter_with_get(options: Options):
    return options.get("a")


@DBOS.workflow()
def a_dictionary_of_a_library():
    return acme.settings().get("a")


@DBOS.workflow()
def a_loop_over_text():
    return [name.upper() for name in acme.names()]


@DBOS.workflow()
def an_overridden_call():
    return acme.cached().get("/")


@DBOS.workflow()
def a_context_manager_that_gives_options():
    with acme.Quiet() as options:
        return options.get("a")


@DBOS.workflow()
def a_generic_class_of_text():
    return acme.titles().lookup("a").format("b")


@DBOS.workflow()
def a_number():
    return acme.price().quantize(acme.price())


@DBOS.workflow()
def a_time_that_is_given():
    return acme.started().isoformat()


@DBOS.workflow()
def an_attribute_that_is_a_time(app: App):
    return app.started.strftime("%Y")


@DBOS.workflow()
def pure_parts_of_a_path():
    path = acme.data_file()
    return path.with_suffix(".txt").name


@DBOS.workflow()
def nothing_is_known():
    return acme.anything().get("/")


@DBOS.workflow()
def an_abstract_transport(transport: Transport):
    transport.send("a")


@DBOS.workflow()
def a_member_of_an_enumeration():
    return Tenant.GOLD.get()


@DBOS.workflow()
def the_client_is_missing():
    client = acme.find("payments")
    return client is None


@DBOS.workflow()
def the_plain_part_of_a_tuple():
    name, client = acme.pair()
    return name.strip()


@DBOS.workflow()
def plain_attributes(app: App):
    return app.title.lower(), app.http.base_url


@DBOS.workflow()
def shadowed():
    acme = {"connect": "x"}
    return acme.get("connect")


@DBOS.workflow()
def unlisted_parts_that_are_harmless():
    client = httpx.Client()
    return client.mounts, client.base_url.upper()


@DBOS.workflow()
def a_list_that_starts_empty():
    found = []
    for name in acme.names():
        found.append(name.strip())
    return found


@DBOS.workflow()
def narrowed_to_something_harmless(thing):
    if isinstance(thing, Options):
        return thing.get("a")
