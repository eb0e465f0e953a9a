"""Stages that are joined by `|` and run by calling the whole."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import Any

from dbos import DBOS


class Stage:
    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.functions = [function]

    def __or__(self, other: Stage) -> Stage:
        joined = Stage(lambda value: value)
        joined.functions = [*self.functions, *other.functions]
        return joined

    def __call__(self, value: Any) -> Any:
        for function in self.functions:
            value = function(value)
        return value


class Lines:
    def __init__(self, text: str) -> None:
        self.text = text

    def __iter__(self) -> Iterator[str]:
        yield from self.text.splitlines()

    def __len__(self) -> int:
        return self.text.count("\n")

    def __contains__(self, word: object) -> bool:
        return str(word) in self.text


class Output:
    def __init__(self, command: list[str]) -> None:
        self.command = command

    def __iter__(self) -> Iterator[str]:
        done = subprocess.run(self.command, capture_output=True, text=True)  # flags: DBS204
        yield from done.stdout.splitlines()

    def __bool__(self) -> bool:
        return True


@DBOS.step()
def emit(text: str) -> str:
    return text


def resolve(text: str) -> str:
    return subprocess.getoutput(f"realpath {text}")  # flags: DBS204


strip = Stage(str.strip)
clean = strip | Stage(str.lower)
located = clean | Stage(resolve)


@DBOS.workflow()
def tidy(text: str) -> str:
    return emit(clean(text))


@DBOS.workflow()
def locate(text: str) -> str:
    return emit(located(text))


@DBOS.workflow()
def count(text: str) -> int:
    lines = Lines(text)
    if "stop" in lines:
        return 0
    return sum(len(emit(line)) for line in lines) + len(lines)


@DBOS.workflow()
def listing(folder: str) -> int:
    return sum(len(emit(line)) for line in Output(["ls", folder]))
