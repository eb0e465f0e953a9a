import json
import os
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def emit(text: str) -> None:
    print(text)


def unique(names: list[str]) -> set[str]:
    return {name.strip().lower() for name in names}


def common(left: list[str], right: list[str]) -> list[str]:
    return list(set(left) & set(right))  # flags: DBS505


@DBOS.workflow()
def by_dict(names: list[str]) -> dict[str, int]:
    lengths = {name: len(name) for name in unique(names)}  # flags: DBS501
    for name in lengths:
        emit(name)
    return lengths


@DBOS.workflow()
def by_json(names: list[str]) -> str:
    text = json.dumps(common(names, ["a"]))
    emit(text)
    return text


@DBOS.workflow()
def by_enumerate(names: list[str]) -> None:
    for number, name in enumerate(unique(names)):  # flags: DBS501
        emit(f"{number}: {name}")


@DBOS.workflow()
def harmless(names: list[str]) -> int:
    found = unique(names)
    total = sum(len(name) for name in found)
    if all(name.isalpha() for name in found) and "x" not in found:
        emit(", ".join(sorted(found)))
    return total + len(found | {"y"})


@DBOS.workflow()
def files(folder: str) -> None:
    for root, _dirs, names in os.walk(folder):  # flags: DBS203 DBS504
        for name in sorted(names):
            emit(str(Path(root) / name))
