"""Relative and full imports name the package."""

import app.requests
from app import requests as of_customers
from app.requests import get
from dbos import DBOS

from .. import requests
from . import get as near


@DBOS.workflow()
def relative(name: str) -> str:
    return requests.get(name) + near(name)


@DBOS.workflow()
def full_name(name: str) -> str:
    return app.requests.get(name) + get(name)


@DBOS.workflow()
def renamed(name: str) -> str:
    return of_customers.get(name)
