"""Every error the runtime raises on purpose, in one hierarchy.

In: the ids and names the error is about. Out: exception classes whose message says what happened,
to what, and what to do next. Never holds a database row, a password or a payload.

Two roots, because two kinds of caller exist. ``DBOSException`` is an ordinary error that user code
may catch. ``DBOSBaseException`` unwinds a workflow from the inside (it was cancelled, or another
process took it over); it passes by ``except Exception`` so that a workflow cannot go on by
accident.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any


class ErrorCode(IntEnum):
    """The stable number of each error class."""

    CONFLICT = 1
    RECOVERY = 2
    INITIALIZATION = 3
    FUNCTION_NOT_FOUND = 4
    NONEXISTENT_WORKFLOW = 5
    MAX_RECOVERY_ATTEMPTS = 6
    MAX_STEP_RETRIES = 7
    NOT_AUTHORIZED = 8
    CONFLICTING_WORKFLOW = 9
    WORKFLOW_CANCELLED = 10
    UNEXPECTED_STEP = 11
    QUEUE_DEDUPLICATED = 12
    AWAITED_CANCELLED = 13
    AWAITED_MAX_ATTEMPTS = 14
    PATCH_NONDETERMINISM = 15
    STREAM_TIMEOUT = 16
    STEP_TIMEOUT = 18
    CONFLICTING_REGISTRATION = 25
    WORKFLOW_ID_IN_USE = 27


def spelled(value: object, spell: Callable[[Any], str] = str) -> str:
    """``str`` or ``repr`` of a value of the program, also when its class fails at making it."""
    try:
        return spell(value)
    except Exception as failure:
        return f"<{type(value).__qualname__}: its text fails with {type(failure).__name__}>"


class DBOSException(Exception):
    """An error of the runtime that user code may catch.

    Arguments: the message, and the numeric code of the class. ``status_code`` is the HTTP status
    that fits the error, if there is one.
    """

    status_code: int | None = None

    def __init__(self, message: str, dbos_error_code: int | None = None) -> None:
        self.message = message
        self.dbos_error_code = dbos_error_code
        super().__init__(message)

    def __str__(self) -> str:
        return self.message


class DBOSBaseException(BaseException):
    """Unwinds a running workflow from the inside; not meant to be caught by user code."""

    def __init__(self, message: str, dbos_error_code: int | None = None) -> None:
        self.message = message
        self.dbos_error_code = dbos_error_code
        super().__init__(message)

    def __str__(self) -> str:
        return self.message


class DBOSInitializationError(DBOSException):
    """The configuration, the registry or the database does not let the runtime start."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ErrorCode.INITIALIZATION)


class DBOSRecoveryError(DBOSException):
    """A workflow could not be recovered."""

    def __init__(self, workflow_id: str, reason: str) -> None:
        super().__init__(f"Cannot recover workflow {workflow_id!r}: {reason}", ErrorCode.RECOVERY)


class DBOSWorkflowFunctionNotFoundError(DBOSException):
    """A workflow was started or recovered whose function is not registered in this process."""

    def __init__(self, workflow_id: str, reason: str) -> None:
        message = f"Workflow {workflow_id!r} cannot run here: {reason}"
        super().__init__(message, ErrorCode.FUNCTION_NOT_FOUND)


class DBOSNonExistentWorkflowError(DBOSException):
    """No workflow has the given id."""

    def __init__(self, workflow_id: str) -> None:
        self.workflow_id = workflow_id
        message = f"There is no workflow with the id {workflow_id!r}"
        super().__init__(message, ErrorCode.NONEXISTENT_WORKFLOW)


class MaxRecoveryAttemptsExceededError(DBOSException):
    """A workflow was started more often than its ``max_recovery_attempts`` allows."""

    def __init__(self, workflow_id: str, max_attempts: int) -> None:
        self.workflow_id = workflow_id
        super().__init__(
            f"Workflow {workflow_id!r} did not finish in {max_attempts} recovery attempts and is"
            " parked; resume it when the cause is fixed",
            ErrorCode.MAX_RECOVERY_ATTEMPTS,
        )


class DBOSMaxStepRetriesExceeded(DBOSException):
    """A step failed in each of its ``max_attempts`` attempts; ``errors`` holds them all."""

    def __init__(self, step_name: str, max_attempts: int, errors: Sequence[Exception]) -> None:
        self.step_name = step_name
        self.max_attempts = self.max_retries = max_attempts
        self.errors = list(errors)
        super().__init__(
            f"Step {step_name} failed in all of its {max_attempts} attempts; the last error was:"
            f" {spelled(errors[-1], repr)}"
            if errors
            else f"Step {step_name} failed in all of its {max_attempts} attempts",
            ErrorCode.MAX_STEP_RETRIES,
        )


class DBOSNotAuthorizedError(DBOSException):
    """The authenticated roles do not include any role the function requires."""

    status_code = 403

    def __init__(self, message: str) -> None:
        super().__init__(message, ErrorCode.NOT_AUTHORIZED)


class DBOSConflictingWorkflowError(DBOSException):
    """A workflow id is already taken by another function, class or instance."""

    def __init__(self, workflow_id: str, reason: str) -> None:
        message = f"The workflow id {workflow_id!r} is already taken: {reason}"
        super().__init__(message, ErrorCode.CONFLICTING_WORKFLOW)


class DBOSWorkflowIDInUseError(DBOSException):
    """A workflow id is taken and the caller asked for a fresh one."""

    def __init__(self, workflow_id: str) -> None:
        super().__init__(
            f"The workflow id {workflow_id!r} is in use; choose another or drop the reuse policy",
            ErrorCode.WORKFLOW_ID_IN_USE,
        )


class DBOSWorkflowCancelledError(DBOSBaseException):
    """The workflow that runs this code was cancelled or has passed its deadline."""

    def __init__(self, workflow_id: str) -> None:
        self.workflow_id = workflow_id
        message = f"Workflow {workflow_id!r} was cancelled; resume it to let it go on"
        super().__init__(message, ErrorCode.WORKFLOW_CANCELLED)


class DBOSWorkflowConflictIDError(DBOSBaseException):
    """Another execution took this workflow over, or it has ended while a task of it went on.

    This execution stops and records nothing more.
    """

    def __init__(self, workflow_id: str, reason: str = "is now executed elsewhere") -> None:
        self.workflow_id = workflow_id
        message = f"Workflow {workflow_id!r} {reason}; this execution stops"
        super().__init__(message, ErrorCode.CONFLICT)


class DBOSShutdownError(DBOSBaseException):
    """The runtime was destroyed while the workflow ran; a later launch recovers it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"DBOS was destroyed while {what}; launch again to go on")


class DBOSUnexpectedStepError(DBOSException):
    """Replay reached another operation than the one recorded at this position.

    The workflow stays recoverable: run the code that started it, or fork the workflow.
    """

    def __init__(self, workflow_id: str, step_id: int, expected: str, recorded: str) -> None:
        self.workflow_id = workflow_id
        self.step_id = step_id
        self.expected_name = expected
        self.recorded_name = recorded
        super().__init__(
            f"Workflow {workflow_id!r} is not deterministic: at step {step_id} the code calls"
            f" {expected}, but the recorded history has {recorded}. The workflow stays pending; run"
            " the version that started it, or fork it before this step",
            ErrorCode.UNEXPECTED_STEP,
        )


class DBOSQueueDeduplicatedError(DBOSException):
    """A workflow with the same deduplication id is already on the queue."""

    def __init__(self, workflow_id: str, queue_name: str, deduplication_id: str) -> None:
        self.workflow_id = workflow_id
        self.queue_name = queue_name
        self.deduplication_id = deduplication_id
        super().__init__(
            f"Workflow {workflow_id!r} was not enqueued: queue {queue_name!r} already holds one"
            f" with the deduplication id {deduplication_id!r}",
            ErrorCode.QUEUE_DEDUPLICATED,
        )


class DBOSAwaitedWorkflowCancelledError(DBOSException):
    """The awaited workflow was cancelled and has no result."""

    def __init__(self, workflow_id: str) -> None:
        self.workflow_id = workflow_id
        message = f"The awaited workflow {workflow_id!r} was cancelled"
        super().__init__(message, ErrorCode.AWAITED_CANCELLED)


class DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded(DBOSException):
    """The awaited workflow was parked after too many recovery attempts and has no result."""

    def __init__(self, workflow_id: str) -> None:
        self.workflow_id = workflow_id
        message = f"The awaited workflow {workflow_id!r} exceeded its recovery attempts"
        super().__init__(message, ErrorCode.AWAITED_MAX_ATTEMPTS)


class DBOSPatchNondeterminismError(DBOSException):
    """Patches and other operations of one workflow interleave in an undefined order."""

    def __init__(self, workflow_id: str, patch_name: str) -> None:
        super().__init__(
            f"Workflow {workflow_id!r} asks for patch {patch_name!r} while another operation of it"
            " is in flight; await that first",
            ErrorCode.PATCH_NONDETERMINISM,
        )


class DBOSStreamTimeoutError(DBOSException):
    """No value arrived on a stream in time."""

    def __init__(self, workflow_id: str, key: str) -> None:
        super().__init__(
            f"No value arrived on stream {key!r} of workflow {workflow_id!r} in time",
            ErrorCode.STREAM_TIMEOUT,
        )


class DBOSStepTimeoutError(DBOSException):
    """A step ran longer than its ``timeout_seconds``."""

    def __init__(self, step_name: str, timeout_seconds: float) -> None:
        message = f"Step {step_name} took longer than its timeout of {timeout_seconds} seconds"
        super().__init__(message, ErrorCode.STEP_TIMEOUT)


class DBOSConflictingRegistrationError(DBOSException):
    """Two functions were registered under one name."""

    def __init__(self, name: str, first: str, second: str) -> None:
        super().__init__(
            f"The name {name!r} is registered twice, by {first} and by {second}; give one of them"
            " another name with name=",
            ErrorCode.CONFLICTING_REGISTRATION,
        )


class DBOSArgumentsError(DBOSException, TypeError):
    """Arguments do not fit the workflow they are meant for. Nothing was written."""

    def __init__(self, workflow_name: str, reason: str) -> None:
        super().__init__(f"The arguments do not fit workflow {workflow_name}: {reason}")


class DBOSQueueOptionsError(DBOSException, ValueError):
    """The limits of a queue make no sense."""


class DBOSSerializationError(DBOSException):
    """A value cannot be stored, or not read again; ``path`` leads to the offending part."""

    def __init__(self, path: str, reason: str, *, doing: str = "store") -> None:
        self.path = path
        super().__init__(f"Cannot {doing} {path}: {reason}")


def unreadable(reason: str) -> DBOSSerializationError:
    """What is stored cannot be read here."""
    return DBOSSerializationError("a payload", reason, doing="read")


class DBOSNotPortableError(DBOSSerializationError, TypeError):
    """A value has no portable form; ``path`` leads to the offending part."""


class DBOSStreamNondeterminismError(DBOSException):
    """For programs of the original that name it. It is never raised here.

    Tasks of one workflow may write to one stream: each write has its own place in the history, and
    what is written stays in its order.
    """


class PortableWorkflowError(Exception):
    """An error of a portable workflow, as any language tells it; also for programs to raise.

    ``name`` is the class of the error where it was raised, ``code`` and ``data`` are what that
    added.
    """

    def __init__(
        self, message: str, name: str, code: int | str | None = None, data: Any = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.code = code
        self.data = data

    def __repr__(self) -> str:
        return (
            f"PortableWorkflowError(message={self.message!r}, name={self.name!r},"
            f" code={self.code!r}, data={self.data!r})"
        )

    def to_error_data(self) -> dict[str, Any]:
        """The error as plain data."""
        return {
            "name": self.name,
            "message": self.message,
            "code": self.code,
            "data": self.data,
        }


class RecordedError(Exception):
    """Stands in for a recorded exception whose class is not loaded here.

    ``class_name`` is the recorded class as ``module:qualname``; ``str()`` gives its message.
    """

    def __init__(self, class_name: str, message: str) -> None:
        self.class_name = class_name
        super().__init__(message)
