"""System databases as former releases left them.

In: the URL of an empty database and a version of the schema. Out: that schema, with what later
migrations remove. It never brings a database back from a newer version.
"""

from __future__ import annotations

import pytest

from dbos.system import SystemDatabase, migrations

# What a version had and a later one replaced.
REPLACED: dict[int, tuple[str, ...]] = {
    1: (
        """CREATE INDEX workflow_status_queue ON {schema}workflow_status
        (queue_name, status, priority, arrival) WHERE queue_name IS NOT NULL""",
        """CREATE INDEX workflow_status_partition ON {schema}workflow_status
        (queue_name, status, queue_partition_key) WHERE queue_partition_key IS NOT NULL""",
        """CREATE INDEX workflow_status_started ON {schema}workflow_status
        (queue_name, started_at_epoch_ms) WHERE queue_name IS NOT NULL""",
        """CREATE INDEX workflow_status_created ON {schema}workflow_status
        (created_at, workflow_uuid)""",
    )
}


def make_former(url: str, version: int) -> None:
    """Make the schema of a version in an empty database."""
    system = SystemDatabase(url)
    schema = "" if system.language.is_sqlite else "dbos."
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:version])
        patch.setattr(migrations, "NEWEST", version)
        system.migrate()
        replaced = (sql.format(schema=schema) for sql in REPLACED[version])
        migrations.execute(system.database, replaced)
    system.close()
