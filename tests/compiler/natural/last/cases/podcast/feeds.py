from __future__ import annotations

import email.utils
import time
from dataclasses import dataclass, replace
from datetime import datetime

import feedparser


@dataclass(frozen=True)
class Episode:
    guid: str
    title: str
    published: float

    @property
    def age_hours(self) -> float:
        return (time.time() - self.published) / 3600  # flags: DBS001

    def shortened(self) -> Episode:
        return replace(self, title=self.title[:40])


def parse(text: str) -> list[Episode]:
    feed = feedparser.parse(text)  # maybe: DBS201
    return [
        Episode(entry.id, entry.title, email.utils.parsedate_to_datetime(entry.published).timestamp())
        for entry in feed.entries
    ]


def slug(title: str) -> str:
    return "-".join(part.lower() for part in title.split() if part.isalnum())


def stamp() -> str:
    return f"{datetime.now():%Y%m%d-%H%M}"  # flags: DBS001
