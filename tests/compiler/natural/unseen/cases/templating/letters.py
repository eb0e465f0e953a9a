from __future__ import annotations

import random
import re
import string
import textwrap
from datetime import datetime
from html import escape
from string import Template
from typing import Any

import jinja2
from dbos import DBOS
from jinja2 import Environment, FileSystemLoader

FIELD = re.compile(r"\{(\w+)(?::(\w+))?\}")
environment = Environment(loader=FileSystemLoader("templates"), autoescape=True)
inline = jinja2.Environment(autoescape=False)


class Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def stamp(match: re.Match[str]) -> str:
    return f"{match.group(0)} {datetime.now():%d.%m.%Y}"  # flags: DBS001


def shout(match: re.Match[str]) -> str:
    return match.group(0).upper()


class Scrambler:
    def __init__(self, seed: int | None = None) -> None:
        self.letters = string.ascii_lowercase
        self.seed = seed

    def __call__(self, match: re.Match[str]) -> str:
        return "".join(random.sample(self.letters, len(match.group())))  # flags: DBS101


class Masker:
    def __call__(self, match: re.Match[str]) -> str:
        return "*" * len(match.group())


@DBOS.step()
def post(letter: str) -> str:
    return letter


@DBOS.workflow()
def dated(text: str) -> str:
    return post(re.sub(r"Berlin,", stamp, text))


@DBOS.workflow()
def loud(text: str) -> str:
    wrapped = textwrap.fill(FIELD.sub(shout, text), width=60)
    return post(escape(wrapped))


@DBOS.workflow()
def scrambled(text: str) -> str:
    masked = re.sub(r"\d+", Masker(), text)
    hidden, count = re.subn(r"[a-z]{4,}", Scrambler(), masked)
    return post(f"{hidden} {count}")


@DBOS.workflow()
def filled(text: str, values: dict[str, str]) -> str:
    found = Values(values)
    replaced = FIELD.sub(lambda match: str(found[match.group(1)]), text)
    noisy = FIELD.sub(lambda match: values.get(match[1], str(random.random())), text)  # flags: DBS101
    template = Template(replaced).safe_substitute(found)
    return post(template.format_map(found) + noisy)


@DBOS.workflow()
def rendered(name: str) -> str:
    template = environment.get_template("letter.html")  # flags: DBS203
    body = template.render(name=name)
    return post(body)


@DBOS.workflow()
def rendered_inline(name: str) -> str:
    return post(inline.from_string("Dear {{ name }}").render(name=name))
