"""The address of a database: its URL, taken apart.

In: a URL such as ``postgresql://user:password@host:5432/name?key=value``. Out: ``Address``. Never
connects, never checks that there is such a database, and never shows a password unless asked to.

It reads and spells URLs as SQLAlchemy does, to which the same URL goes when a program runs
transactions. It is our own because a launch needs nothing else of SQLAlchemy, whose import takes
several times as long as all the rest of it; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, quote_plus, unquote

HIDDEN = "***"
# Parameters of a connection that are secret wherever they stand.
SECRET = frozenset(("password", "sslpassword"))


@dataclass(frozen=True, slots=True)
class Address:
    """A database URL. ``text`` is the URL as it was given, with its password."""

    text: str = field(repr=False)
    drivername: str
    username: str | None
    password: str | None = field(repr=False)
    host: str | None
    port: int | None
    database: str | None
    query: Mapping[str, tuple[str, ...]] = field(repr=False)

    @property
    def backend(self) -> str:
        """The kind of database: what stands before a ``+`` and the name of a driver."""
        return self.drivername.partition("+")[0]

    def render(self, drivername: str | None = None, *, hide_password: bool) -> str:
        """The URL, for another driver where one is named.

        What is hidden may also stand in the query, where the driver takes a password, too.
        """
        found = [drivername or self.drivername, "://", self._authority(hide_password)]
        if self.database is not None:
            found += ["/", quote(self.database, safe=" +/")]
        if self.query:
            hidden = SECRET if hide_password else ()
            pairs = [
                f"{quote_plus(key)}={HIDDEN if key in hidden else quote_plus(value)}"
                for key in sorted(self.query)
                for value in self.query[key]
            ]
            found += ["?", "&".join(pairs)]
        return "".join(found)

    def _authority(self, hide_password: bool) -> str:
        found: list[str] = []
        if self.username is not None:
            found.append(quote(self.username, safe=" +"))
            if self.password is not None:
                found += [":", HIDDEN if hide_password else quote(self.password, safe=" +")]
            found.append("@")
        if self.host is not None:
            found.append(f"[{self.host}]" if ":" in self.host else self.host)
        if self.port is not None:
            found.append(f":{self.port}")
        return "".join(found)


def read(url: str) -> Address:
    """Take a URL apart. Raises ``ValueError`` when it is none."""
    drivername, separator, rest = url.partition("://")
    if not separator or not re.fullmatch(r"[\w+]+", drivername):
        raise ValueError("a database URL begins with the kind of database and ://")
    username, password, rest = _user(rest)
    place, _, query = rest.partition("?")
    query = query.partition("\n")[0]
    place, slash, database = place.partition("/")
    host, port = _host(place)
    return Address(
        text=url,
        drivername=drivername,
        username=username,
        password=password,
        host=host,
        port=port,
        database=unquote(database) if slash else None,
        query={key: tuple(values) for key, values in parse_qs(query).items()},
    )


def _user(rest: str) -> tuple[str | None, str | None, str]:
    """User and password, and what follows them. Only the user's name ends at a colon or slash."""
    first = re.search("[:/]", rest)
    end = len(rest) if first is None else first.start()
    if rest[end : end + 1] == ":":
        password, at, behind = rest[end + 1 :].partition("@")
        if at:
            return unquote(rest[:end]), unquote(password), behind
    before, at, _ = rest[:end].rpartition("@")
    if at:
        return unquote(before), None, rest[len(before) + 1 :]
    return None, None, rest


def _host(place: str) -> tuple[str | None, int | None]:
    """Host and port; a host in brackets has colons of its own."""
    found = re.fullmatch(r"(?:\[([^]]+)\]|([^:]*))(?::(.*))?", place, re.DOTALL)
    if found is None:
        raise ValueError("the host or port of a database URL cannot be read")
    bracketed, plain, port = found.groups()
    return bracketed or plain or None, None if port is None else int(port)
