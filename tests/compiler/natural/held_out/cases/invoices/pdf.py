from __future__ import annotations

import io
import locale
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template
from reportlab.pdfgen.canvas import Canvas

environment = Environment(loader=FileSystemLoader("templates"))
LINE = Template("{{ name }}: {{ price }}")


def render_lines(items: list[tuple[str, Decimal]]) -> list[str]:
    return [LINE.render(name=name, price=f"{price:.2f}") for name, price in items]


def render_page(number: str, items: list[tuple[str, Decimal]]) -> str:
    return environment.get_template("invoice.html").render(number=number, lines=render_lines(items))  # flags: DBS203


def as_pdf(lines: list[str]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for index, line in enumerate(lines):
        canvas.drawString(50, 800 - index * 20, textwrap.shorten(line, 80))
    canvas.save()  # maybe: DBS203
    return buffer.getvalue()


def archive(folder: Path, number: str, content: bytes) -> Path:
    target = folder / f"{number}.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)  # flags: DBS203
    target.write_bytes(content)  # flags: DBS203
    return target


def number_for(sequence: int) -> str:
    return f"{date.today():%Y}-{sequence:05d}"  # flags: DBS001
