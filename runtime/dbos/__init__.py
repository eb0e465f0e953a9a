"""Durable execution: the public names of the runtime, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbos.app import DBOS
from dbos.async_datasource import AsyncSQLAlchemyDatasource
from dbos.classes import DBOSConfiguredInstance
from dbos.client import DBOSClient
from dbos.config import DBOSConfig
from dbos.copying import VersionInfo
from dbos.datasource import SQLAlchemyDatasource
from dbos.debounce import Debouncer, DebouncerClient
from dbos.error import PortableWorkflowError
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel.context import (
    DBOSContextEnsure,
    DBOSContextSetAuth,
    DuplicationPolicy,
    SetEnqueueOptions,
    SetWorkflowAttributes,
    SetWorkflowID,
    SetWorkflowTimeout,
    WorkflowIDReusePolicy,
)
from dbos.limits import QueueRateLimit
from dbos.messages import SendMessage
from dbos.migrating import run_dbos_database_migrations
from dbos.named import EnqueueOptions
from dbos.queue import Queue
from dbos.scheduling.stored_schedules import ClientScheduleInput, ScheduleInput, WorkflowSchedule
from dbos.status import StepInfo, WorkflowStatus, WorkflowStatusString
from dbos.step import StepOptions
from dbos.validation import make_pydantic_args_validator, pydantic_args_validator
from dbos.values.formats import (
    DBOSPortableJSONSerializer,
    Serializer,
    WorkflowSerializationFormat,
)

if TYPE_CHECKING:
    from dbos.kafka import KafkaMessage


def __getattr__(name: str) -> object:
    """What only some programs need is imported when they ask for it."""
    if name == "KafkaMessage":
        from dbos.kafka import KafkaMessage

        return KafkaMessage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """All public names, those imported on demand among them."""
    return sorted({*globals(), *__all__})


__all__ = [
    "DBOS",
    "AsyncSQLAlchemyDatasource",
    "ClientScheduleInput",
    "DBOSClient",
    "DBOSConfig",
    "DBOSConfiguredInstance",
    "DBOSContextEnsure",
    "DBOSContextSetAuth",
    "DBOSPortableJSONSerializer",
    "Debouncer",
    "DebouncerClient",
    "DuplicationPolicy",
    "EnqueueOptions",
    "KafkaMessage",
    "PortableWorkflowError",
    "Queue",
    "QueueRateLimit",
    "SQLAlchemyDatasource",
    "ScheduleInput",
    "SendMessage",
    "Serializer",
    "SetEnqueueOptions",
    "SetWorkflowAttributes",
    "SetWorkflowID",
    "SetWorkflowTimeout",
    "StepInfo",
    "StepOptions",
    "VersionInfo",
    "WorkflowHandle",
    "WorkflowHandleAsync",
    "WorkflowIDReusePolicy",
    "WorkflowSchedule",
    "WorkflowSerializationFormat",
    "WorkflowStatus",
    "WorkflowStatusString",
    "make_pydantic_args_validator",
    "pydantic_args_validator",
    "run_dbos_database_migrations",
]
