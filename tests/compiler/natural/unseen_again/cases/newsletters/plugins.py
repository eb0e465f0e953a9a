from __future__ import annotations

import hashlib
import random
from abc import ABC, abstractmethod
from typing import ClassVar

import httpx


class Source(ABC):
    known: ClassVar[dict[str, type[Source]]] = {}

    def __init_subclass__(cls, *, kind: str, **others: object) -> None:
        super().__init_subclass__(**others)
        Source.known[kind] = cls

    @abstractmethod
    def stories(self, topic: str) -> list[str]: ...

    def render(self, kind: str, story: str) -> str:
        return getattr(self, f"as_{kind}")(story)  # maybe: DBS703

    def as_text(self, story: str) -> str:
        return story

    def as_html(self, story: str) -> str:
        return f"<p id='{random.getrandbits(16)}'>{story}</p>"  # flags: DBS101


class Archive(Source, kind="archive"):
    def stories(self, topic: str) -> list[str]:
        return [hashlib.md5(topic.encode()).hexdigest()]


class Feed(Source, kind="feed"):
    client = httpx.Client()

    def stories(self, topic: str) -> list[str]:
        return self.client.get("/", params={"q": topic}).json()  # flags: DBS202


class Mixed(Source, kind="mixed"):
    def __init__(self, *parts: Source) -> None:
        self.parts = parts

    def stories(self, topic: str) -> list[str]:
        return [story for part in self.parts for story in part.stories(topic)]
