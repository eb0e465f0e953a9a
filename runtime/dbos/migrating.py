"""Migrating out of band: the tables, made by somebody who may, for applications that may not.

In: URLs and the role that the application connects as. Out: tables of the current schema and the
rights on them. Never waits for a database that is away, and never touches a row.
"""

from __future__ import annotations

from dbos import config
from dbos.error import DBOSInitializationError


def run_dbos_database_migrations(
    system_database_url: str,
    *,
    app_database_url: str | None = None,
    schema: str = "dbos",
    application_role: str | None = None,
) -> None:
    """Create the tables of the system database, or bring them up to date.

    With ``app_database_url`` also the table of outputs that transactions on it need. On Postgres,
    ``application_role`` gets the right to read and write rows of both. Raises
    ``DBOSInitializationError`` for a URL, schema or role that cannot be, and what the driver raises
    for a database that cannot be reached.
    """
    if not system_database_url:
        raise DBOSInitializationError("Migrating needs the URL of a system database")
    settings = config.settings(
        {
            "name": "dbos-migrate",
            "system_database_url": system_database_url,
            "application_database_url": app_database_url,
            "dbos_system_schema": schema,
            "run_migrations": False,
        },
        environment={},
    )
    from dbos.system import SystemDatabase, grants

    system = SystemDatabase(settings.system_database_url, schema=settings.schema)
    try:
        if application_role is not None:
            grants.statements(system.language, application_role)  # refuse before anything is made
        system.migrate()
        if application_role is not None:
            grants.grant(system.database, application_role)
        if app_database_url is not None:
            from dbos.transactions.datasource import Datasource

            source = Datasource(settings, system)
            try:
                source.prepare()
                if application_role is not None:
                    source.grant(application_role)
            finally:
                source.close()
    finally:
        system.close()


def migrate(
    system_database_url: str, *, schema: str = "dbos", application_role: str | None = None
) -> None:
    """Create the tables of a system database, or bring them up to date; before ``launch``.

    ``application_role`` is the role of Postgres that the application connects as, when that is not
    the one in the URL: it may then run workflows without the right to create tables. Raises
    ``DBOSInitializationError``.
    """
    run_dbos_database_migrations(
        system_database_url, schema=schema, application_role=application_role
    )
