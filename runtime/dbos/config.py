"""Configuration: what the user gives, what the environment overrides, and what follows from both.

In: a ``DBOSConfig`` and the environment. Out: ``Settings``, checked and complete. Never opens a
database.

Precedence: ``DBOS__VMID`` over ``executor_id``; ``application_version`` over ``DBOS__APPVERSION``
over the registry over the hash of the sources, which ``enable_patching`` replaces by one name for
all; ``system_database_url`` over ``DBOS_SYSTEM_DATABASE_URL`` over a SQLite file named after the
application.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from dbos import takeover
from dbos.error import DBOSException, DBOSInitializationError
from dbos.kernel import tracing
from dbos.log import logger
from dbos.pools import Pools, pools
from dbos.validity import valid_text
from dbos.values.formats import Serializer, Writing, configured


class DBOSConfig(TypedDict, total=False):
    """The configuration of an application; only ``name`` is required."""

    name: str
    system_database_url: str | None
    application_database_url: str | None
    database_url: str | None
    dbos_system_schema: str | None
    application_version: str | None
    executor_id: str | None
    log_level: str | None
    console_log_level: str | None
    otlp_log_level: str | None
    max_executor_threads: int | None
    allow_pickle: bool
    lease_seconds: float
    heartbeat_seconds: float
    run_migrations: bool
    take_over: str
    use_listen_notify: bool
    sys_db_pool_size: int | None
    db_engine_kwargs: dict[str, Any] | None
    system_database_engine: Any
    sys_db_polling_concurrency: int | None
    sys_db_idle_transaction_timeout_sec: float | None
    otlp_traces_endpoints: list[str] | None
    otlp_logs_endpoints: list[str] | None
    otlp_attributes: dict[str, str] | None
    otel_attribute_format: str | None
    enable_otlp: bool
    enable_patching: bool
    admin_port: int | None
    run_admin_server: bool
    conductor_key: str | None
    conductor_url: str | None
    serializer: Serializer | None
    notification_listener_polling_interval_sec: float
    notification_coalesce_sec: float
    scheduler_polling_interval_sec: float
    kafka_queue_polling_interval_sec: float
    conductor_executor_metadata: dict[str, Any] | None


_USED = frozenset(
    (
        *("name", "system_database_url", "application_database_url", "dbos_system_schema"),
        *("application_version", "executor_id", "log_level", "max_executor_threads"),
        *("allow_pickle", "lease_seconds", "heartbeat_seconds", "run_migrations"),
        *("use_listen_notify", "database_url", "take_over", "serializer"),
        "enable_patching",
        *("enable_otlp", "otlp_traces_endpoints", "otlp_logs_endpoints", "otlp_attributes"),
        *("otel_attribute_format", "sys_db_pool_size", "db_engine_kwargs"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """What to trace, and where traces and logs go: URLs that take OTLP over HTTP."""

    traces_endpoints: tuple[str, ...]
    logs_endpoints: tuple[str, ...]
    attributes: Mapping[str, str]
    attribute_format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A checked configuration."""

    name: str
    system_database_url: str
    application_database_url: str | None
    schema: str
    application_version: str | None
    executor_id: str
    log_level: str | None
    max_executor_threads: int | None
    allow_pickle: bool
    lease_seconds: float
    heartbeat_seconds: float
    run_migrations: bool
    take_over: str
    use_listen_notify: bool
    telemetry: Telemetry | None = None
    enable_patching: bool = False
    writing: Writing = field(default_factory=Writing)
    pools: Pools = field(default_factory=Pools)


def settings(config: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Check a configuration and complete it from the environment.

    Raises ``DBOSInitializationError`` naming the key that is wrong.
    """
    if not isinstance(config, Mapping):
        raise DBOSInitializationError(
            f"The configuration must be a dictionary such as {{'name': 'my-app'}}, not"
            f" {type(config).__name__}"
        )
    env = os.environ if environment is None else environment
    name = config.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_-]{3,256}", name):
        raise DBOSInitializationError(
            f"The application name {name!r} is not valid; use 3 to 256 lowercase letters, digits,"
            " hyphens and underscores"
        )
    ignored = sorted(key for key in config if key not in _USED and config[key] is not None)
    if ignored:
        logger.debug("Configuration keys without meaning here: %s", ", ".join(ignored))
    url = config.get("system_database_url") or env.get("DBOS_SYSTEM_DATABASE_URL")
    application_url = config.get("application_database_url") or config.get("database_url")
    threads = config.get("max_executor_threads")
    if threads is not None and (type(threads) is not int or threads < 1):
        raise DBOSInitializationError(f"max_executor_threads must be at least 1, not {threads!r}")
    lease_seconds, heartbeat_seconds = _beating(config)
    try:
        executor = valid_text(
            env.get("DBOS__VMID") or config.get("executor_id") or "local", "executor_id"
        )
        version = config.get("application_version") or env.get("DBOS__APPVERSION") or None
        if version is not None:
            valid_text(version, "application_version")
    except DBOSException as error:
        raise DBOSInitializationError(str(error)) from None
    return Settings(
        name=name,
        system_database_url=url or f"sqlite:///{name.replace('-', '_')}.sqlite",
        application_database_url=application_url,
        schema=valid_schema(config.get("dbos_system_schema")),
        application_version=version,
        executor_id=executor,
        log_level=config.get("log_level"),
        max_executor_threads=threads,
        allow_pickle=bool(config.get("allow_pickle", True)),
        lease_seconds=lease_seconds,
        heartbeat_seconds=heartbeat_seconds,
        run_migrations=bool(config.get("run_migrations", True)),
        take_over=_take_over(config.get("take_over")),
        use_listen_notify=bool(config.get("use_listen_notify", True)),
        pools=pools(config),
        telemetry=_telemetry(config),
        enable_patching=bool(config.get("enable_patching", False)),
        writing=Writing(
            allow_pickle=bool(config.get("allow_pickle", True)),
            serializer=configured(config.get("serializer")),
        ),
    )


def valid_schema(given: object) -> str:
    """The schema of the tables on Postgres. Raises ``DBOSInitializationError`` for no name."""
    if given is None:
        return "dbos"
    if not isinstance(given, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}", given):
        raise DBOSInitializationError(
            f"dbos_system_schema {given!r} is not a schema name; use up to 63 letters, digits,"
            " underscores, hyphens and dollar signs, beginning with a letter or an underscore"
        )
    return given


def _take_over(given: object) -> str:
    """Whose work to go on with: that of other versions only when it is asked for and proven."""
    if given is None:
        return takeover.NEVER
    if given not in takeover.CHOICES:
        choices = " or ".join(map(repr, takeover.CHOICES))
        raise DBOSInitializationError(f"take_over must be {choices}, not {given!r}")
    return str(given)


def _telemetry(config: Mapping[str, Any]) -> Telemetry | None:
    """What ``enable_otlp`` asks for; None when it does not."""
    if not config.get("enable_otlp"):
        return None
    attributes = config.get("otlp_attributes") or {}
    if not isinstance(attributes, Mapping):
        raise DBOSInitializationError(f"otlp_attributes must be a dictionary, not {attributes!r}")
    chosen = config.get("otel_attribute_format") or "legacy"
    if chosen not in tracing.FORMATS:
        formats = " or ".join(map(repr, tracing.FORMATS))
        raise DBOSInitializationError(f"otel_attribute_format must be {formats}, not {chosen!r}")
    return Telemetry(
        traces_endpoints=_endpoints(config, "otlp_traces_endpoints"),
        logs_endpoints=_endpoints(config, "otlp_logs_endpoints"),
        attributes={str(key): str(value) for key, value in attributes.items()},
        attribute_format=chosen,
    )


def _endpoints(config: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = config.get(key) or ()
    if isinstance(given, str) or not all(
        isinstance(one, str) and one.startswith(("http://", "https://")) for one in given
    ):
        raise DBOSInitializationError(f"{key} must be a list of HTTP addresses, not {given!r}")
    return tuple(given)


def _beating(config: Mapping[str, Any]) -> tuple[float, float]:
    """The lease and the time between heartbeats, of which there must be two in a lease."""
    lease_seconds = _positive(config, "lease_seconds", 15.0)
    heartbeat_seconds = _positive(config, "heartbeat_seconds", min(4.0, lease_seconds / 3))
    if heartbeat_seconds > lease_seconds / 2:
        raise DBOSInitializationError(
            f"heartbeat_seconds ({heartbeat_seconds:g}) must be at most half of lease_seconds"
            f" ({lease_seconds:g}), or others would take this process for dead"
        )
    return lease_seconds, heartbeat_seconds


def _positive(config: Mapping[str, Any], key: str, default: float) -> float:
    value = config.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
        raise DBOSInitializationError(f"{key} must be a positive number of seconds, not {value!r}")
    return float(value)
