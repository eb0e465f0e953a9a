"""``assert_replays`` and its kin in plain Python: what they take, and what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS
from dbos.error import DBOSException
from dbos.kernel.record import StepRecord
from dbos.registry import live
from dbos.replay import DBOSReplayError, assert_replays, check_every_step, history
from dbos.replay.history import DBOSFixtureError, History

ORDER = json.dumps(
    {
        "args": [
            {
                "$": "dataclass",
                "c": "shop.catalog:Order",
                "v": {"order_id": "o-1", "email": "ada@example.com", "quantities": {"gadget": 2}},
            }
        ],
        "kwargs": {},
    }
)
BEGUN = History(
    workflow_id="o-1", name="checkout", status="PENDING", inputs=ORDER, serialization="json"
)


def document(*histories: History) -> dict[str, Any]:
    """The content of a fixture."""
    content: dict[str, Any] = json.loads(history.dump(histories))
    return content


def with_operation(name: str) -> History:
    """The checkout after one operation."""
    record = StepRecord(function_id=1, function_name=name, position="1", output="null")
    return History(
        workflow_id="o-2",
        name="checkout",
        status="PENDING",
        inputs=ORDER,
        serialization="json",
        operations=(record,),
    )


def test_the_code_is_that_of_a_registry() -> None:
    fits, differs = with_operation("reserve_stock"), with_operation("ship_at_once")
    verdicts = assert_replays(document(BEGUN, fits), registry="shop.dbos_registry")
    assert [(one.workflow_id, one.replayed, one.fits) for one in verdicts] == [
        ("o-1", 0, True),
        ("o-2", 1, True),
    ]
    with pytest.raises(AssertionError) as caught:
        assert_replays(document(BEGUN, differs), registry="shop.dbos_registry")
    lines = str(caught.value).splitlines()
    assert lines[0] == "1 of 2 workflows do not replay:"
    assert "step 1: ship_at_once is recorded, the code asks for reserve_stock" in lines[1]
    assert "shop/checkout.py:" in lines[1]


def test_what_cannot_be_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DBOSReplayError, match=r"missing\.json: cannot be read"):
        assert_replays(tmp_path / "missing.json", modules=["shop.checkout"])
    with pytest.raises(DBOSReplayError, match="Module no_such_module cannot be imported"):
        assert_replays(document(BEGUN), modules=["no_such_module"])
    with pytest.raises(DBOSFixtureError, match="holds no workflow"):
        assert_replays(document(), modules=["shop.checkout"])
    with pytest.raises(DBOSException, match="DBOS is not launched"):
        check_every_step(["o-1"])
    monkeypatch.setenv("DBOS_REPLAY_WORLDS", "many")
    live.clear()
    DBOS(config={"name": "asserts", "system_database_url": f"sqlite:///{tmp_path}/s.sqlite"})
    DBOS.launch()
    try:
        with pytest.raises(DBOSReplayError, match="DBOS_REPLAY_WORLDS must be from 1 to 100"):
            check_every_step([])
    finally:
        DBOS.destroy(destroy_registry=True)
