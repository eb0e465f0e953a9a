from __future__ import annotations

import csv
import io
import string
import textwrap
import zipfile
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from xml.etree import ElementTree

import jinja2
import yaml
from dbos import DBOS
from markdown import markdown

inline = jinja2.Environment(loader=jinja2.DictLoader({"a": "Hello {{ name }}"}), autoescape=True)
files = jinja2.Environment(loader=jinja2.FileSystemLoader("templates"))


def table(rows: list[dict[str, str]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, sorted(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def letter(name: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = name
    message.set_content(inline.get_template("a").render(name=name))
    return message


def dated(message: EmailMessage) -> EmailMessage:
    message["Date"] = formatdate()  # flags: DBS001
    message["Message-ID"] = make_msgid()  # flags: DBS104
    return message


@DBOS.step()
def send(text: str) -> int:
    return len(text)


@DBOS.workflow()
def newsletter(name: str, rows: list[dict[str, str]]) -> int:
    body = textwrap.dedent(markdown(f"# {name}"))
    options = yaml.safe_load("a: 1")
    tree = ElementTree.fromstring("<a><b/></a>")
    text = string.Template("$name").substitute(name=name)
    return send(body + table(rows) + letter(name).as_string() + text) + len(tree) + options["a"]


@DBOS.workflow()
def newsletter_dated(name: str) -> int:
    return send(dated(letter(name)).as_string())


@DBOS.workflow()
def from_files(name: str) -> int:
    return send(files.get_template("letter.txt").render(name=name))  # flags: DBS203


@DBOS.workflow()
def bundle(texts: dict[str, str]) -> int:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)  # flags: DBS001
    return send(str(len(buffer.getvalue())))


@DBOS.workflow()
def unpack(path: str) -> list[str]:
    with zipfile.ZipFile(path) as archive:  # flags: DBS203
        return archive.namelist()
