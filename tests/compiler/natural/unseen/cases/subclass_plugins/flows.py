from __future__ import annotations

from dbos import DBOS

from base import LOADERS, Importer, plugin_named, plugins
from formats import Literal, Table


@DBOS.step()
def keep(line: str) -> str:
    return line


@DBOS.step()
def keep_all(name: str) -> list[str]:
    return Importer.named(name).read(name)


@DBOS.workflow()
def load(name: str) -> list[str]:
    return [keep(line) for line in Importer.named(name).read(name)]


@DBOS.workflow()
def load_literal(text: str) -> list[str]:
    lines = Literal().read(text)
    rows = Table().rows(text)
    return [keep(line) for line in lines] + [keep(row[0]) for row in rows if row]


@DBOS.workflow()
def load_every(source: str) -> int:
    count = 0
    for cls in LOADERS:
        rows = cls().rows(source)
        count += len(rows)
        keep(str(rows))
    return count


@DBOS.workflow()
def load_by_plugin(name: str) -> list[str]:
    module = plugin_named(name)
    lines = module.read(name)
    for plugin in plugins():
        lines = plugin.clean(lines)
    return [keep(line) for line in lines]
