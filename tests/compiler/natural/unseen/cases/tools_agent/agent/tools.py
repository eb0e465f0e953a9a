from __future__ import annotations

import ast
import datetime as dt
import operator
import subprocess
from zoneinfo import ZoneInfo

from dbos import DBOS

from .registry import tool

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


@tool()
def calculate(expression: str) -> float:
    """Adds, subtracts, multiplies."""

    def value(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.BinOp(left, op, right):
                return OPERATORS[type(op)](value(left), value(right))
        raise ValueError(expression)

    return value(ast.parse(expression, mode="eval").body)


@tool("clock")
def current_time(zone: str = "UTC") -> str:
    return dt.datetime.now(ZoneInfo(zone)).strftime("%H:%M")  # flags: DBS001


@tool(durable=True)
@DBOS.step()
def search(query: str) -> list[str]:
    import requests

    return requests.get("https://search.example.com", params={"q": query}).json()


@tool("shell")
def shell(command: str) -> str:
    return subprocess.check_output(command, shell=True, text=True)  # flags: DBS204
