"""Renaming an application: its rows get the new name, in batches, and nothing else changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from dbos import DBOS, DBOSClient, SetWorkflowID
from dbos.error import DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


@pytest.fixture
def client(launched: None, database_url: str) -> Iterator[DBOSClient]:
    """A client of the same database."""
    with DBOSClient(system_database_url=database_url) as client:
        yield client


@pytest.fixture
def ended(launched: None) -> list[str]:
    """The ids of three workflows."""

    @DBOS.workflow()
    def workflow() -> None:
        return None

    ids = ["a", "b", "c"]
    for workflow_id in ids:
        with SetWorkflowID(workflow_id):
            workflow()
    return ids


def names() -> dict[str, Any]:
    """The application of each workflow."""
    return {status.workflow_id: status.application_name for status in DBOS.list_workflows()}


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100, None])
def test_all_rows_get_the_name_in_whatever_batches(
    batch_size: int | None, client: DBOSClient, ended: list[str], tables: SystemTables
) -> None:
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET application_name = 'other'"
        " WHERE workflow_uuid = 'c'"
    )
    counts = client.rename_application("behaviour", "renamed", batch_size=batch_size)
    assert counts == {"workflows": 2, "schedules": 0}
    assert names() == {"a": "renamed", "b": "renamed", "c": "other"}
    again = client.rename_application("behaviour", "renamed", batch_size=batch_size)
    assert again == {"workflows": 0, "schedules": 0}


@pytest.mark.parametrize("adopt", [False, True])
def test_rows_without_a_name_are_adopted_when_asked_for(
    adopt: bool, client: DBOSClient, ended: list[str], tables: SystemTables
) -> None:
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET application_name = NULL"
        " WHERE workflow_uuid = 'c'"
    )
    client.rename_application("behaviour", "renamed", adopt_unclaimed_rows=adopt)
    assert names() == {"a": "renamed", "b": "renamed", "c": "renamed" if adopt else None}
    asyncio.run(client.rename_application_async(None, "found"))
    assert names()["c"] == ("renamed" if adopt else "found")


@pytest.mark.parametrize(
    "given", [("same", "same"), ("old", ""), ("", "new"), ("old", "n\0w")], ids=repr
)
def test_names_that_make_no_sense_are_refused(
    given: tuple[str, str], client: DBOSClient, ended: list[str]
) -> None:
    with pytest.raises(DBOSException):
        client.rename_application(*given)
    with pytest.raises(DBOSException, match="batch_size"):
        client.rename_application("old", "new", batch_size=0)
    assert set(names().values()) == {"behaviour"}
