import gzip
import os
import shutil
import tempfile
from pathlib import Path

from dbos import DBOS

ROOT = Path("/srv/data")


@DBOS.step()
def upload(path: str) -> str:
    return path


def candidates() -> list[Path]:
    return [path for path in ROOT.glob("*.db")]  # flags: DBS203 DBS504


def compressed(path: Path) -> str:
    target = os.path.join(tempfile.gettempdir(), path.name + ".gz")  # flags: DBS301
    with path.open("rb") as source, gzip.open(target, "wb") as out:  # flags: DBS203
        shutil.copyfileobj(source, out)
    return target


@DBOS.workflow()
def backup() -> list[str]:
    names = []
    for path in candidates():
        names.append(upload(compressed(path)))
    return names


@DBOS.workflow()
def describe(name: str) -> str:
    path = Path(name)
    return str(path.with_suffix(".gz").parent / path.stem) + os.sep
