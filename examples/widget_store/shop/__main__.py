"""The shop's program: `python -m shop serve | order | pay | status | pack`.

`serve` runs the workflows and goes on where an earlier process was killed. The other
commands are what a web server's handlers would do.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys

from dbos import DBOS, DBOSConfig, SetWorkflowID
from shop import ledger
from shop.catalog import Order
from shop.checkout import checkout
from shop.dbos_registry import registry
from shop.fulfilment import pack_batch
from shop.payments import PAYMENT_LINK, PAYMENT_STATUS

LINK_TIMEOUT_SECONDS = 30.0


def configure() -> None:
    """Set DBOS up from the environment, with the registry that `dbos-build build` wrote."""
    config: DBOSConfig = {"name": "widget-store"}
    url = os.environ.get("DBOS_SYSTEM_DATABASE_URL")
    if url:
        config["system_database_url"] = url
    DBOS(config=config, registry=registry)


def serve() -> None:
    """Run workflows, new and recovered, until the process is told to stop."""
    DBOS.launch()
    print("ready", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


def order(order_id: str, quantities: dict[str, int]) -> None:
    """Check an order out: start the workflow under the order's id, print the payment link, wait."""
    DBOS.launch()
    with SetWorkflowID(order_id):
        handle = DBOS.start_workflow(checkout, Order(order_id, "ada@example.com", quantities))
    link = DBOS.get_event(order_id, PAYMENT_LINK, timeout_seconds=LINK_TIMEOUT_SECONDS)
    print(f"please pay at {link}", flush=True)
    print(handle.get_result(), flush=True)


def pay(order_id: str) -> None:
    """What the payment service's webhook does: tell the workflow that its order is paid."""
    DBOS.launch()
    with SetWorkflowID(f"payment-of-{order_id}"):
        DBOS.send(order_id, "paid", topic=PAYMENT_STATUS)


def status(order_id: str) -> None:
    """Print the workflow, its steps and the ledger of one order as JSON."""
    DBOS.launch()
    workflow = DBOS.retrieve_workflow(order_id).get_status()
    steps = [
        {"number": step["function_id"], "name": step["function_name"]}
        for step in DBOS.list_workflow_steps(order_id)
    ]
    report = {
        "status": workflow.status,
        "result": workflow.output,
        "version": workflow.app_version,
        "steps": steps,
        "ledger": ledger.entries(order_id),
    }
    print(json.dumps(report, indent=2))


def pack(order_ids: list[str]) -> None:
    """Pack a batch of orders."""
    DBOS.launch()
    print("\n".join(pack_batch(order_ids)))


def quantity(text: str) -> tuple[str, int]:
    """Read `gadget=2`."""
    name, _, count = text.partition("=")
    if not count.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form widget=number")
    return name, int(count)


def main(arguments: list[str]) -> None:
    """Read the command line and run one command."""
    parser = argparse.ArgumentParser(prog="shop")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run workflows until stopped")
    ordering = commands.add_parser("order", help="check an order out")
    ordering.add_argument("order_id")
    ordering.add_argument("quantities", nargs="+", type=quantity, metavar="widget=number")
    for name, text in (("pay", "tell the shop that an order is paid"), ("status", "show an order")):
        commands.add_parser(name, help=text).add_argument("order_id")
    packing = commands.add_parser("pack", help="pack orders")
    packing.add_argument("order_ids", nargs="+")
    chosen = parser.parse_args(arguments)

    configure()
    match chosen.command:
        case "serve":
            serve()
        case "order":
            order(chosen.order_id, dict(chosen.quantities))
        case "pay":
            pay(chosen.order_id)
        case "status":
            status(chosen.order_id)
        case "pack":
            pack(chosen.order_ids)
    DBOS.destroy()


if __name__ == "__main__":
    main(sys.argv[1:])
