"""The same from a module beside the package."""

import requests

from dbos import DBOS


@DBOS.workflow()
def beside_the_package(name: str) -> str:
    return requests.get(f"https://example.com/{name}").text  # flags: DBS201


def library_session() -> requests.Session:
    return requests.Session()


@DBOS.workflow()
def by_session(name: str) -> str:
    return library_session().get(f"https://example.com/{name}").text  # flags: DBS202
