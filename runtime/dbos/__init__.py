"""Durable execution: the public names of the runtime, and nothing else."""

from __future__ import annotations

from dbos.app import DBOS
from dbos.async_datasource import AsyncSQLAlchemyDatasource
from dbos.classes import DBOSConfiguredInstance
from dbos.client import DBOSClient
from dbos.config import DBOSConfig
from dbos.copying import VersionInfo
from dbos.datasource import SQLAlchemyDatasource
from dbos.debounce import Debouncer
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kafka import KafkaMessage
from dbos.kernel.context import (
    DBOSContextEnsure,
    DBOSContextSetAuth,
    SetEnqueueOptions,
    SetWorkflowAttributes,
    SetWorkflowID,
    SetWorkflowTimeout,
)
from dbos.limits import QueueRateLimit
from dbos.messages import SendMessage
from dbos.migrating import run_dbos_database_migrations
from dbos.named import EnqueueOptions
from dbos.queue import Queue
from dbos.scheduling.stored_schedules import ClientScheduleInput, ScheduleInput, WorkflowSchedule
from dbos.status import StepInfo, WorkflowStatus, WorkflowStatusString
from dbos.step import StepOptions

__all__ = [
    "DBOS",
    "AsyncSQLAlchemyDatasource",
    "ClientScheduleInput",
    "DBOSClient",
    "DBOSConfig",
    "DBOSConfiguredInstance",
    "DBOSContextEnsure",
    "DBOSContextSetAuth",
    "Debouncer",
    "EnqueueOptions",
    "KafkaMessage",
    "Queue",
    "QueueRateLimit",
    "SQLAlchemyDatasource",
    "ScheduleInput",
    "SendMessage",
    "SetEnqueueOptions",
    "SetWorkflowAttributes",
    "SetWorkflowID",
    "SetWorkflowTimeout",
    "StepInfo",
    "StepOptions",
    "VersionInfo",
    "WorkflowHandle",
    "WorkflowHandleAsync",
    "WorkflowSchedule",
    "WorkflowStatus",
    "WorkflowStatusString",
    "run_dbos_database_migrations",
]
