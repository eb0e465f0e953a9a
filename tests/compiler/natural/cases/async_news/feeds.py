from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, dataclass

FEEDS = ["https://example.com/a.xml", "https://example.com/b.xml"]


@dataclass(frozen=True)
class Article:
    url: str
    title: str

    def row(self) -> dict[str, str]:
        return asdict(self)


def parse_feed(text: str) -> list[Article]:
    root = ElementTree.fromstring(text)
    return [
        Article(item.findtext("link", ""), item.findtext("title", ""))
        for item in root.iter("item")
    ]
