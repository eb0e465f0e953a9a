"""Stubs in a process that has the registry and a database URL, and none of the workflows' code.

The executor is another process, which has imported nothing but the registry either: it finds the
workflows, and the queues they wait on, through it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dbos.system import SystemDatabase
from support.behaviour import SystemTables
from support.stub_processes import call, executing

GOLDEN = Path(__file__).resolve().parents[2] / "compiler" / "golden" / "registry"
HIDDEN = ("store.flows", "store.classes")
WITH_INSTANCES = "import store.classes\nstore.classes.Shop('main')"
EVERYTHING = """
import asyncio
from dbos import SetWorkflowID
from store.dbos_registry import Shop, checkout, later, place, registry, store_flows_place
from store.models import Order

with registry.connect(URL):
    print(checkout.start("a").get_result(), checkout.start(cents=5, order_id="b").get_result())
    print(checkout.enqueue("c").get_result())
    print(checkout.on("packing", priority=2).enqueue("d", 7).get_result())
    print(checkout.on("parts", partition_key="k").enqueue("e").get_result())
    print(Shop("main").open.start(9).get_result(), Shop.audit.start().get_result())
    print(Shop.plain.on("packing", delay_seconds=0.01).enqueue("x").get_result())
    print(Shop("main").shared.start(set()).get_result())
    placed = store_flows_place.start(Order("o"), Order.Line("i", 1))
    print(placed.get_result(), place.start().get_result())
    with SetWorkflowID("once"):
        checkout.start("f")
    with SetWorkflowID("once"):
        print(checkout.start("f").get_workflow_id(), checkout.retrieve("once").get_result())

    async def main():
        handle = await later.start_async("z")
        queued = await later.on("packing").enqueue_async("z")
        found = await later.retrieve_async(handle.workflow_id)
        print(await handle.get_result(), await queued.get_result(), await found.get_result())

    asyncio.run(main())
print(sorted(name for name in sys.modules if name.startswith("store")))
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder with the package `store` and its registry."""
    shutil.copytree(GOLDEN / "store", tmp_path / "store")
    shutil.copy(GOLDEN / "dbos_registry.py", tmp_path / "store" / "dbos_registry.py")
    return tmp_path


def migrate(url: str) -> None:
    """Make the tables, as an executor does when it launches."""
    system = SystemDatabase(url)
    system.migrate()
    system.close()


def test_the_registry_and_a_url_are_enough(store: Path, database_url: str) -> None:
    with executing(store, "store", database_url, WITH_INSTANCES):
        told = call(store, database_url, EVERYTHING, hidden=HIDDEN)
    assert told == [
        "a:1 b:5",
        "c:1",
        "d:7",
        "e:1",
        "main 9 Shoptoday",
        "x",
        "main",
        "[] {}",
        "once f:1",
        "1 1 1",
        "['store', 'store.dbos_registry', 'store.models']",
    ]
    tables = SystemTables(database_url)
    rows = tables.query(
        f"SELECT DISTINCT application_version FROM {tables.table('workflow_status')}"
    )
    assert [row[0] for row in rows] == [golden_version()]


def golden_version() -> str:
    """The application version that the golden registry names."""
    line = next(
        line
        for line in (GOLDEN / "dbos_registry.py").read_text(encoding="utf-8").splitlines()
        if "application_version=" in line
    )
    return line.split('"')[1]


WAITING = """
from store.dbos_registry import checkout, registry
with registry.connect(URL):
    print(checkout.start("a").get_workflow_id())
"""
MEANWHILE = """
import store.dbos_registry
from dbos import registry as entries
from dataclasses import replace
built = store.dbos_registry.registry
flows = tuple(replace(one, version="v1-" + one.version[:3:-1]) for one in built.workflows)
registry = replace(built, application_version="b1-other", workflows={flows})
"""


def test_work_waits_for_an_executor_of_the_same_workflow_version(
    store: Path, database_url: str
) -> None:
    migrate(database_url)
    (started,) = call(store, database_url, WAITING, hidden=HIDDEN)
    again = f"""
from store.dbos_registry import checkout, registry
with registry.connect(URL):
    handle = checkout.retrieve({started!r})
    print(handle.get_status().status, handle.get_status().queue_name)
    try:
        print(handle.get_result(timeout_seconds=SECONDS))
    except TimeoutError:
        print("waits")
"""
    other = MEANWHILE.format(flows="flows")
    with executing(store, "store", database_url, other):
        told = call(store, database_url, again.replace("SECONDS", "0.3"), hidden=HIDDEN)
    assert told == ["ENQUEUED _dbos_internal_queue", "waits"]
    same_workflows = MEANWHILE.format(flows="built.workflows")
    with executing(store, "store", database_url, same_workflows):
        told = call(store, database_url, again.replace("SECONDS", "30"), hidden=HIDDEN)
    assert told[-1] == "a:1"


REFUSED = """
import dataclasses
import store.dbos_registry as built
from dbos import DBOS
from dbos.registry import Registry
from store.dbos_registry import Shop, checkout, later, registry, store_flows_registry
from store.models import Order

def attempt(what):
    try:
        print("accepted", what())
    except Exception as error:
        print(type(error).__name__, error)

attempt(lambda: checkout.start("a"))
attempt(lambda: registry.connect())
with registry.connect(URL) as client:
    attempt(lambda: checkout.start())
    attempt(lambda: checkout.start("a", cent=1))
    attempt(lambda: checkout.start("a", 1, 2))
    attempt(lambda: checkout("a"))
    attempt(lambda: later.enqueue("a", why=1))
    attempt(lambda: store_flows_registry.start(1, 2, 3))
    attempt(lambda: Shop("main").open.enqueue())
    attempt(lambda: Shop.audit.on("packing").enqueue(1, 2))
    attempt(lambda: Shop.open.start(1))
    attempt(lambda: Shop(3))
    attempt(lambda: checkout.on("pakcing").enqueue("a"))
    attempt(lambda: checkout.on("parts").enqueue("a"))
    attempt(lambda: checkout.on("packing", priority=0).enqueue("a"))
    attempt(lambda: checkout.on("parts", partition_key="k", deduplication_id="d").enqueue("a"))
    attempt(lambda: checkout.retrieve("none"))
    attempt(lambda: later.retrieve(checkout.start("a").get_workflow_id()))
    attempt(lambda: registry.connect(URL))
    print(len(client.list_workflows()))
attempt(lambda: dataclasses.replace(registry, format=99).connect(URL))
DBOS(config={"name": "store", "system_database_url": URL}, registry=registry)
DBOS.launch()
attempt(lambda: checkout.start("a"))
DBOS.destroy()
"""


REFUSALS = """\
DBOSException checkout has no database to write to: call DBOS.launch() in a process that runs the \
application, or registry.connect(url) in any other one
DBOSException connect() needs the URL of the application's system database, as an argument or in \
DBOS_SYSTEM_DATABASE_URL
TypeError checkout.start: missing a required argument: 'order_id'{takes}
TypeError checkout.start: got an unexpected keyword argument 'cent'{takes}
TypeError checkout.start: too many positional arguments{takes}
TypeError checkout is a stub and runs nothing itself: checkout.start(…).get_result()
TypeError later.enqueue: got an unexpected keyword argument 'why'; workflow 'later' takes \
(order_id: str, /, *, when: Optional[datetime] = None) -> int
TypeError store_flows_registry.start: too many positional arguments; workflow 'registry' takes \
(handle: WorkflowHandle[str], work: Future[int]) -> None
TypeError Shop('main').open.enqueue: missing a required argument: 'hour'; workflow 'Shop.open' \
takes (hour: int, ticket: store_classes_Shop.Ticket | None = None) -> str
TypeError Shop.audit.enqueue: too many positional arguments; workflow 'Shop.audit' takes \
(day: str = 'today', /) -> str
AttributeError Shop.open is a workflow of instances: name one, as in \
Shop("its config_name").open.start
DBOSException config_name must be text, not int
DBOSException checkout: there is no queue 'pakcing'; the registry knows packing, parts, and none \
of that name is registered
DBOSException Queue 'parts' is partitioned: use .on('parts', partition_key=…)
DBOSException priority must be from 1 to 2147483647, not 0
DBOSException A partition key and a deduplication id exclude each other
DBOSNonExistentWorkflowError There is no workflow with the id 'none'
DBOSException Workflow '…' is an execution of checkout, not of later
DBOSException This registry is already connected; destroy() the former connection first
1
DBOSInitializationError The registry has format 99, this release reads 2; run `dbos-build build` \
again
DBOSInitializationError checkout: store.flows:checkout cannot be imported in this process \
(store.flows is not here); where the code is missing, use registry.connect(url) instead of \
DBOS.launch()
"""


def test_what_cannot_work_is_refused_before_a_row_is_written(
    store: Path, database_url: str
) -> None:
    migrate(database_url)
    told = call(store, database_url, REFUSED, hidden=HIDDEN)
    takes = "; workflow 'checkout' takes (order_id: str, cents: int = 1) -> str"
    expected = REFUSALS.format(takes=takes).splitlines()
    assert [shortened(line) for line in told] == expected


def shortened(line: str) -> str:
    """A line without the id that the database made up."""
    start = line.find("Workflow '") + len("Workflow '")
    if start < len("Workflow '") or "is an execution" not in line:
        return line
    return line[:start] + "…" + line[line.index("'", start) :]


def test_an_empty_database_is_refused(store: Path, database_url: str) -> None:
    program = """
from store.dbos_registry import registry
try:
    registry.connect(URL)
except Exception as error:
    print(type(error).__name__, error)
"""
    (told,) = call(store, database_url, program, hidden=HIDDEN)
    assert told.startswith("DBOSInitializationError ")
    if database_url.startswith("sqlite"):
        assert "There is no system database at" in told
        assert not (store / "system.sqlite").exists()
    else:
        assert "has no system tables" in told


GIVE = """
from store.dbos_registry import registry, untyped
from store.models import Order
with registry.connect(URL):
    handle = untyped.start(Order("o"))
    print(handle.workflow_id, handle.get_result())
"""
TAKE = """
from store.dbos_registry import registry, untyped
with registry.connect(URL):
    handle = untyped.retrieve({id!r})
    print(handle.get_status().status, handle.get_status().output)
    try:
        handle.get_result()
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_a_value_of_a_class_needs_the_module_of_the_class(store: Path, database_url: str) -> None:
    with executing(store, "store", database_url):
        (line,) = call(store, database_url, GIVE, hidden=HIDDEN)
        started, _, result = line.partition(" ")
        assert result == "Order(order_id='o')"
        hidden = (*HIDDEN, "store.models")
        told = call(store, database_url, TAKE.format(id=started), hidden=hidden)
    assert told[0].startswith("SUCCESS ")
    assert told[1].startswith("DBOSSerializationError ")
    assert "the module of class 'store.models:Order' cannot be imported" in told[1]


FORKED = """
import os
from store.dbos_registry import checkout, registry
with registry.connect(URL):
    child = os.fork()
    if not child:
        try:
            checkout.start("a")
        except Exception as error:
            print(error, flush=True)
        with registry.connect(URL):
            print(checkout.start("b").get_result(), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print(checkout.start("c").get_result())
"""


def test_a_forked_child_connects_by_itself(store: Path, database_url: str) -> None:
    with executing(store, "store", database_url):
        told = call(store, database_url, FORKED, hidden=HIDDEN)
    assert told[0].startswith("checkout has no database to write to")
    assert told[1:] == ["b:1", "c:1"]


EARLY = """
import logging
logging.getLogger("dbos").addHandler(logging.StreamHandler(sys.stdout))
from store.dbos_registry import checkout, registry
with registry.connect(URL):
    print(checkout.start("a").get_status().status)
"""


def test_a_version_that_has_not_run_yet_is_said_and_may_come_later(
    store: Path, database_url: str
) -> None:
    migrate(database_url)
    told = call(store, database_url, EARLY, hidden=HIDDEN)
    assert f"No process has launched version {golden_version()} on " in told[0]
    assert told[-1] == "ENQUEUED"
