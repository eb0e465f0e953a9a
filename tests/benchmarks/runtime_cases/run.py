"""Run one case in this process: `run.py CASE FOLDER [URL]`; prints its figures as JSON.

In: the name of a case module beside this file, a folder for the database, or a Postgres URL. Out:
the last line of standard output, figure name → number. Needs only the public API of `dbos`.
"""

from __future__ import annotations

import importlib
import json
import sys
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))


def database_url(folder: str, server: str | None) -> str:
    """A new database: a file in the folder, or one more on the server."""
    if server is None:
        return f"sqlite:///{folder}/benchmark.sqlite"
    import psycopg

    name = f"benchmark_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def main(case: str, folder: str, server: str | None = None) -> None:
    """Set up, run and print one case."""
    from dbos import DBOS, DBOSConfig

    url = database_url(folder, server)
    config: DBOSConfig = {"name": "benchmark", "system_database_url": url, "log_level": "ERROR"}
    if case == "transactions":
        config["application_database_url"] = url
    DBOS(config=config)
    module: Any = importlib.import_module(case)
    DBOS.launch()
    figures = module.measure(url)
    DBOS.destroy()
    print()
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
