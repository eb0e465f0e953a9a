"""What all pages share: the page around the content, links, and stored values as text.

In: content as ``Markup``. Out: whole documents. Never shows a password, and never shows more of a
value than fits a page: the rest is in the JSON beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dbos.console.markup import Child, Markup, element, join
from dbos.report import moment, to_json
from dbos.values.serialize import PICKLE, Opaque

MOST_LETTERS, MOST_LETTERS_IN_TABLE = 20_000, 600
REFRESH_SECONDS = 5
PAGES = (
    ("/", "Overview"),
    ("/workflows", "Workflows"),
    ("/queues", "Queues"),
    ("/schedules", "Schedules"),
    ("/versions", "Versions"),
    ("/executors", "Executors"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a page is shown: what its links begin with, and what it may offer."""

    prefix: str
    database: str
    actions: bool
    csrf: str
    path: str
    query: tuple[tuple[str, str], ...] = ()

    def href(self, path: str, **query: str | int | None) -> str:
        """The address of another page; a query field of None is left out."""
        given = {key: value for key, value in query.items() if value is not None}
        return f"{self.prefix}{path}" + (f"?{urlencode(given)}" if given else "")

    def run_link(self, workflow_id: str | None) -> Markup | None:
        """A link to the page of a workflow."""
        if workflow_id is None:
            return None
        text = element("bdi", workflow_id or '""')
        href = self.href("/workflow", id=workflow_id)
        return element("a", text, href=href, class_="id", title=workflow_id)

    def document(self, title: str, *content: Child, refresh: bool | None = None) -> str:
        """The whole page; ``refresh`` of None offers no refreshing."""
        links = [
            element(
                "a",
                name,
                href=self.href(path),
                aria_current="page" if path == self.path else None,
            )
            for path, name in PAGES
        ]
        state = "actions allowed" if self.actions else "read-only"
        head = join(
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", http_equiv="refresh", content=REFRESH_SECONDS) if refresh else None,
            element("title", f"{title} · DBOS"),
            element("link", rel="stylesheet", href=self.href("/console.css")),
            element("link", rel="icon", href=self.href("/icon.svg"), type="image/svg+xml"),
        )
        body = join(
            element(
                "header",
                element("strong", "DBOS"),
                element("nav", links, aria_label="Pages"),
                element("span", f"{self.database} · {state}", class_="place"),
            ),
            element("main", content),
            element(
                "footer",
                None if refresh is None else self._refresh_link(refresh),
                "Times are UTC.",
            ),
        )
        page = element("html", element("head", head), element("body", body), lang="en")
        return f"<!doctype html>\n{page}"

    def _refresh_link(self, refresh: bool) -> Markup:
        fields = [(key, value) for key, value in self.query if key != "refresh"]
        if refresh:
            text = "Stop refreshing"
        else:
            fields.append(("refresh", "1"))
            text = f"Refresh every {REFRESH_SECONDS} seconds"
        href = f"{self.prefix}{self.path}" + (f"?{urlencode(fields)}" if fields else "")
        return join(element("a", text, href=href), " · ")


def status_mark(status: str) -> Markup:
    """A status with its colour."""
    return element("span", status, class_=f"status {status}")


def version_mark(version: str | None) -> Markup | None:
    """A version, cut where it is long; the whole of it shows when it is pointed at."""
    return None if version is None else element("span", version, class_="version", title=version)


def time_mark(epoch_ms: int | None) -> Markup | None:
    """A time, or nothing."""
    return None if epoch_ms is None else element("time", moment(epoch_ms))


def value_text(value: Any, most: int = MOST_LETTERS) -> str:
    """A stored value as text, cut when it is long."""
    if isinstance(value, Opaque) and value.kind == PICKLE:
        return f"a pickle ({value.content}), not loaded here"
    text = to_json(value, ascii_only=False)
    if len(text) <= most:
        return text
    return f"{text[:most]}\n… {len(text) - most} more characters"


def value_box(value: Any) -> Markup:
    """A stored value on its own."""
    return element("pre", value_text(value))


def value_cell(value: Any) -> Markup:
    """A stored value in a table."""
    return element("pre", value_text(value, MOST_LETTERS_IN_TABLE))
