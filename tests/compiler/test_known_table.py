"""The tables in `known/` are well formed: every word in them is one that the analysis understands.

A misspelt effect would silently be no effect, a misspelt condition would always hold, and two rows
for one name would leave the decision to the order of the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import dbos_build
from dbos_build.interpreter import knowledge

FOLDER = Path(dbos_build.__file__).parent / "known"
TABLES = sorted(FOLDER.glob("*.tsv"))
KNOWN = knowledge.load()

EFFECTS = {
    "pure": "computes; nothing else",
    "clock": "reads the wall clock",
    "monotonic": "reads a clock that starts anew in every process",
    "timezone": "depends on the time zone or locale of the machine",
    "sleep": "waits without the wait being recorded",
    "timeout": "decides by the clock whether to go on",
    "random": "draws from a generator that every process seeds anew",
    "unseeded": "makes a generator without a seed",
    "entropy": "reads entropy of the operating system",
    "identifier": "makes an identifier that is new every time",
    "network": "talks to the network",
    "client": "calls a service through a client object",
    "database": "talks to a database",
    "file": "touches the file system",
    "process": "starts, signals or changes processes",
    "input": "waits for a person",
    "output": "writes to a terminal",
    "logging": "writes to a log",
    "environment": "reads or changes the environment or the configuration made from it",
    "host": "tells one process or machine from another",
    "interpreter": "reads or changes the state of the interpreter",
    "import": "imports a module by name",
    "code": "runs text as code",
    "thread": "makes a thread, a process or a pool of them, or runs something in one",
    "thread_use": "uses a thread or pool, wherever that was made",
    "sync": "makes something by which threads or tasks wait for each other",
    "sync_use": "uses such a thing, wherever that was made",
    "callback": "has something called later, by whoever gets to it",
    "async_order": "gives results in the order in which they happen to arrive",
    "blocking": "waits for another thread",
    "context": "reads or changes state that belongs to the current thread or task",
    "order": "gives results in an order that is not fixed",
    "identity": "depends on memory addresses or the hash seed",
    "address": "is the address of an object",
    "session": "uses the session of the running transaction",
    "agent": "runs a language model or agent that calls services on its own",
}
FLAGS = {"class", "read"}
CONDITION = re.compile(
    r"else|(missing|given|nonzero|notint|path|writes|text):[a-z_]+(@\d)?(\|[a-z_]+(@\d)?)*"
    r"|unless:[a-z_]+(@\d)?\.[a-z_]+(\|[a-z_]+(@\d)?\.[a-z_]+)*",
    re.ASCII,
)
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\.\*)?", re.ASCII)
RETURNS = re.compile(r"-|None|arg\d|:?[A-Za-z_][\w.]*(<\w+>)?|(set)?\[[A-Za-z_][\w.]*\]", re.ASCII)


def rows() -> Iterator[tuple[str, list[str]]]:
    """(place, fields) of every row of every table."""
    for table in TABLES:
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
            if line and not line.startswith("#"):
                yield f"{table.name}:{number}", line.split("\t")


def names(field: str) -> list[str]:
    """The names of a row: `a.{b,c} d` lists `a.b`, `a.c` and `d`."""
    found = []
    for part in field.split():
        pieces = [piece.split(",") for piece in re.split(r"[{}]", part)]
        found += ["".join(choice) for choice in product(*pieces)]
    return found


def meaning(fields: list[str]) -> tuple[str, ...]:
    """What a row says of its names, but for the type of the result.

    Rows with `else` say what happens when the condition of another row does not hold.
    """
    padded = [*fields, "", "", ""]
    return (padded[1], padded[2] if padded[2] != "-" else "")


def test_there_are_tables() -> None:
    assert len(TABLES) >= 10
    assert len(KNOWN.exact) > 4_000


def test_the_readme_explains_every_word_and_names_every_table() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert {word for word in EFFECTS.keys() | FLAGS if f"`{word}`" not in text} == set()
    assert {table.name for table in TABLES if f"`{table.name}`" not in text} == set()


def test_every_row_has_known_words_only() -> None:
    wrong = []
    for place, fields in rows():
        effects = fields[1] if len(fields) > 1 else ""
        if effects.startswith("="):
            wrong += [] if NAME.fullmatch(effects[1:]) and len(fields) == 2 else [place]
            continue
        words = effects.split(",")
        conditions = fields[2].split() if len(fields) > 2 and fields[2] != "-" else []
        fine = (
            2 <= len(fields) <= 4
            and set(words) <= EFFECTS.keys() | FLAGS
            and ("pure" not in words or set(words) <= {"pure", *FLAGS})
            and all(CONDITION.fullmatch(condition) for condition in conditions)
            and (len(fields) < 4 or RETURNS.fullmatch(fields[3]) is not None)
        )
        wrong += [] if fine else [place]
    assert wrong == []


def test_every_name_is_one() -> None:
    wrong = [
        f"{place} {name}"
        for place, fields in rows()
        for name in names(fields[0])
        if not NAME.fullmatch(name)
    ]
    assert wrong == []


def test_no_two_rows_disagree_about_a_name() -> None:
    said: dict[str, tuple[str, tuple[str, ...]]] = {}
    disagreeing = []
    for place, fields in rows():
        for name in names(fields[0]) if "else" not in fields[2:3] else []:
            first = said.setdefault(name, (place, meaning(fields)))
            if first[1] != meaning(fields):
                disagreeing.append(f"{name}: {first[0]} and {place}")
    assert disagreeing == []


def test_an_else_follows_a_condition() -> None:
    conditional: set[str] = set()
    lost = []
    for place, fields in rows():
        for name in names(fields[0]):
            if fields[2:3] == ["else"]:
                lost += [] if name in conditional else [f"{place} {name}"]
            elif fields[2:3] not in ([], ["-"]):
                conditional.add(name)
    assert lost == []


def test_a_condition_belongs_to_an_effect_or_decides_on_the_type() -> None:
    idle = [
        place
        for place, fields in rows()
        if len(fields) > 2
        and fields[2] != "-"
        and "pure" in fields[1].split(",")
        and not any(KNOWN.exact[name].otherwise_returns for name in fields[0].split())
    ]
    assert idle == []


def test_renamed_names_lead_to_a_decision() -> None:
    assert {
        name: target
        for name, target in KNOWN.renamed.items()
        if KNOWN.find(target) is None and target not in KNOWN.below
    } == {}


def test_the_type_of_a_result_is_decided_too() -> None:
    """Knowing that a call gives a `Thing` helps only when what a `Thing` does is in the table."""
    lost = {
        f"{entry.name} gives {entry.returns}"
        for entry in [*KNOWN.exact.values(), *KNOWN.below.values()]
        if (found := re.search(r"[A-Za-z_][\w.]*\.\w+", entry.returns))
        and KNOWN.find(KNOWN.canonical(found[0]) + ".anything") is None
    }
    assert lost == set()


def test_every_effect_is_used() -> None:
    used = {effect for entry in KNOWN.exact.values() for effect in entry.effects}
    used |= {effect for entry in KNOWN.below.values() for effect in entry.effects}
    assert used | {"pure"} == EFFECTS.keys()


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_a_table_says_what_it_holds(table: Path) -> None:
    lines = table.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[0].endswith(".")
    assert all(len(line.expandtabs(4)) <= 160 for line in lines)
