"""An absolute import names the library, also inside a package of that name."""

import requests
from requests import post

from dbos import DBOS


@DBOS.workflow()
def inside_the_package(name: str) -> str:
    return requests.get(f"https://example.com/{name}").text  # flags: DBS201


@DBOS.workflow()
def imported_function(name: str) -> int:
    return post("https://example.com", data=name).status_code  # flags: DBS201
