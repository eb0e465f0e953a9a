from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cached_property, singledispatch, singledispatchmethod
from pathlib import Path

from dbos import DBOS


@dataclass
class Text:
    body: str


@dataclass
class Image:
    path: str


@dataclass
class Sound:
    seconds: int


@singledispatch
def weigh(part: object) -> int:
    raise TypeError(type(part).__name__)


@weigh.register
def _(part: Text) -> int:
    return len(part.body)


@weigh.register
def _(part: Image) -> int:
    return Path(part.path).stat().st_size  # flags: DBS203


@weigh.register(Sound)
def weigh_sound(part: Sound) -> int:
    return part.seconds * 1000


class Renderer:
    @singledispatchmethod
    def render(self, part: object) -> str:
        raise TypeError(type(part).__name__)

    @render.register
    def _(self, part: Text) -> str:
        return part.body.title()

    @render.register
    def _(self, part: Sound) -> str:
        return f"{part.seconds}s on {self.machine}"

    @cached_property
    def machine(self) -> str:
        return platform.node()  # flags: DBS303

    @cached_property
    def style(self) -> str:
        return "plain"


@DBOS.step()
def publish(text: str) -> str:
    return text


@DBOS.workflow()
def post_text(body: str) -> int:
    return weigh(Text(body)) + len(publish(body))


@DBOS.workflow()
def post_image(path: str) -> int:
    return weigh(Image(path))


@DBOS.workflow()
def post_sound(seconds: int) -> str:
    return publish(Renderer().render(Sound(seconds)))


@DBOS.workflow()
def post_styled(body: str) -> str:
    renderer = Renderer()
    return publish(renderer.style + renderer.render(Text(body)))
