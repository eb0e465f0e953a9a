"""Templates that come from files, by themselves or when a stack of managers is left."""

from __future__ import annotations

import os
from contextlib import ExitStack

import jinja2
from dbos import DBOS

RUNNABLE = False
FILES = jinja2.Environment(loader=jinja2.FileSystemLoader("templates"))


@DBOS.workflow()
def letter(name: str) -> str:
    return FILES.get_template("letter.txt").render(name=name)  # flags: DBS203


@DBOS.workflow()
def clean(name: str) -> str:
    with ExitStack() as stack:
        stack.callback(os.remove, name)  # flags: DBS203
    return name
