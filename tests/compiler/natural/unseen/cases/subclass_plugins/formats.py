from __future__ import annotations

import csv
import sqlite3
from io import StringIO

from base import Importer, loader, logged


class Text(Importer, suffix="txt"):
    def lines(self, name: str) -> list[str]:
        with open(name) as file:  # flags: DBS203
            return file.readlines()  # maybe: DBS203


class Literal(Importer, suffix="lit"):
    def lines(self, name: str) -> list[str]:
        return name.split(";")


class Rows(Importer, suffix="db"):
    def lines(self, name: str) -> list[str]:
        connection = sqlite3.connect(name)  # flags: DBS205
        return [row[0] for row in connection.execute("select line from lines")]  # flags: DBS205


@loader
class Table:
    def rows(self, text: str) -> list[list[str]]:
        return list(csv.reader(StringIO(text)))


@loader
@logged
class Remote:
    def rows(self, url: str) -> list[list[str]]:
        import urllib.request

        with urllib.request.urlopen(url) as answer:  # flags: DBS201
            return [answer.read().decode().split()]  # maybe: DBS201
