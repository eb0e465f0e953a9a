from __future__ import annotations

from dbos import DBOS

from ledger import render, valued
from ledger.amounts import Amount
from ledger.render import Visitor
from ledger.trades import Trade


@DBOS.step()
def book(line: str) -> str:
    return line


@DBOS.step()
def appraise(trade: Trade) -> int:
    return valued(trade)


@DBOS.workflow()
def post(amount: Amount) -> str:
    return book(render(amount))


@DBOS.workflow()
def settle(trade: Trade) -> str:
    book(render(trade))
    return str(appraise(trade))


@DBOS.workflow()
def balance(amounts: list[Amount], trades: list[Trade]) -> int:
    total = sum(valued(amount) for amount in amounts)
    for trade in trades:
        total += valued(trade)
    return total


@DBOS.workflow()
def outline(tree: dict[str, object]) -> str:
    visitor = Visitor()
    visitor.visit(tree)
    return book("\n".join(visitor.lines))
