import os
import subprocess
from pathlib import Path

import httpx
from dbos import DBOS

TOOLS = {}


def tool(function):
    TOOLS[function.__name__] = function
    return function


@tool
@DBOS.step()
async def search(query: str) -> str:
    async with httpx.AsyncClient() as http:
        return (await http.get("https://search.example", params={"q": query})).text


@tool
async def read_file(path: str) -> str:
    return Path(path).read_text()  # flags: DBS203


@tool
async def shell(command: str) -> str:
    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout  # flags: DBS204


def describe() -> str:
    return f"gave up after {os.environ.get('TURNS', '8')} turns"  # flags: DBS301
