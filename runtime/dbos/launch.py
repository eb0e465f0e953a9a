"""Launch and stop: open the database, take an identity, start the services, and undo all of it.

In: ``Settings`` and a registry. Out: a launched ``Application``. Never leaves a thread or a
connection behind when it fails or stops.
"""

from __future__ import annotations

import types
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dbos import conformance, takeover, telemetry, version
from dbos.config import Settings
from dbos.error import DBOSInitializationError, DBOSShutdownError
from dbos.kernel import runtime, seam
from dbos.kernel.loop import Loop
from dbos.kernel.runtime import Runtime
from dbos.kernel.timers import Timers
from dbos.log import logger
from dbos.registry import Registry, live
from dbos.scheduling.schedule import Scheduler
from dbos.services import liveness
from dbos.services.dispatcher import Dispatcher
from dbos.services.recovery import Recovery
from dbos.services.service import Service
from dbos.transactions import transaction

if TYPE_CHECKING:
    from dbos.system import SystemDatabase
    from dbos.system.executors import Executor

STOP_SECONDS = 0.04


def registry_of(given: Registry | types.ModuleType | None) -> Registry | None:
    """The registry itself, or the one in a module. Raises ``DBOSInitializationError`` otherwise."""
    found = (
        given if given is None or isinstance(given, Registry) else given.__dict__.get("registry")
    )
    if found is None and given is not None:
        raise DBOSInitializationError(
            "registry= must be the registry that `dbos-build build` wrote, or its module; this is"
            f" {given!r}"
        )
    if found is not None and not isinstance(found, Registry):
        raise DBOSInitializationError(f"registry= is not a Registry but {type(found).__name__}")
    return found


def application_version(settings: Settings, registry: Registry | None) -> str:
    """The version that this process runs; see ``config`` for the precedence."""
    if settings.application_version is not None:
        return settings.application_version
    if registry is not None:
        return registry.application_version
    if settings.enable_patching:
        return version.PATCHED
    return version.source_version(live.workflows.values())


class Application:
    """One launched application: its runtime and its services."""

    def __init__(
        self,
        settings: Settings,
        registry: Registry | None,
        listened: frozenset[str] | None,
    ) -> None:
        if registry is not None:
            conformance.check(registry, live)
        self._system = open_system(settings, must_write=True)
        self._token = uuid.uuid4().hex[:16]
        self._services: list[Any] = []
        timers = Timers(self._system.wakes)
        self.runtime = Runtime(
            settings=settings,
            system=self._system,
            process_token=self._token,
            executor_id=settings.executor_id,
            application_version=application_version(settings, registry),
            registry=registry,
            timers=timers,
            loop=Loop(),
        )
        if settings.take_over != takeover.NEVER and registry is None:
            logger.warning(
                "take_over has no effect without a registry: what fits is proven by `dbos-build"
                " build` and passed as DBOS(config=…, registry=…)"
            )
        self._listened = listened
        self._end_telemetry: Callable[[], None] = lambda: None
        self._recovery = Recovery(self.runtime)
        self._identity = liveness.identity()
        self._next_beat = 0.0
        self._beats = 0

    def start(self) -> None:
        """Announce this process, recover what is left over and start the services."""
        try:
            self._end_telemetry = telemetry.start(self.runtime.settings)
            liveness.join(self._token)
            self._announce()
            runtime.activate(self.runtime)
            dispatcher = Dispatcher(self.runtime, self._listened)
            self._services = [
                self._recovery.neighbours,
                Service("heartbeat", self._system.wakes, self._pulse),
                dispatcher,
                Scheduler(self.runtime),
            ]
            self._services += watchers(self._system, self.runtime.settings)
            for service in self._services:
                service.start()
            if live.consumers:
                from dbos import kafka

                kafka.serve(self.runtime)
        except BaseException:
            self.stop()
            raise
        logger.info(
            "DBOS launched: executor %s, version %s, database %s",
            self.runtime.executor_id,
            self.runtime.application_version,
            self._system.describe(),
        )

    def drain(self, timeout_seconds: float) -> None:
        """Wait until no workflow runs here any more, at most so many seconds."""
        deadline = seam.monotonic() + timeout_seconds
        with self._system.wakes.subscribe(("ended",)) as subscription:
            while self.runtime.executions and seam.monotonic() < deadline:
                subscription.wait(deadline)

    def stop(self, *, sign_off: bool = True) -> None:
        """Stop the services and let running workflows end at their next operation.

        Without ``sign_off`` the database hears nothing of it, as when a process is killed. A forked
        child leaves what it inherited to its parent.
        """
        if self.runtime.inherited:
            return
        self.runtime.stopping = True
        self._system.wakes.notify_everyone()
        if self.runtime.consumers is not None:
            self.runtime.consumers.stop()
        for service in reversed(self._services):
            service.stop()
        self.runtime.timers.stop()
        self.runtime.loop.stop(STOP_SECONDS * 10)
        self.runtime.threads.stop(STOP_SECONDS)
        transaction.close(self.runtime)
        self._end_telemetry()
        liveness.depart(self._token)
        if sign_off:
            self._sign_off()
        self._system.close()
        if runtime.active_or_none() is self.runtime:
            runtime.activate(None)

    def recover(self, executor_ids: list[str] | None) -> list[str]:
        """Recover now; with executor ids, also what they left in this very process."""
        from dbos.system import executors, pending

        if executor_ids is None:
            return self._recovery.scan()
        system = self._system
        judge = liveness.Judge(self.runtime.settings.lease_seconds)
        held = [one for id in executor_ids for one in system.read(pending.read_held_by(id))]
        # Asked afterwards, so that whoever began one of them is on the list.
        known = system.read(executors.read_executors())
        alive = judge.alive(known) - {self._token}
        return self._recovery.take(
            one for one in held if (one.owner or "").partition("/")[0] not in alive
        )

    def _executor(self) -> Executor:
        from dbos.system.executors import Executor

        # Grows also where others have removed the row: a count that they have seen before would
        # look to them as if it had stood still all the while.
        self._beats += 1
        return Executor(
            process_token=self._token,
            executor_id=self.runtime.executor_id,
            host=self._identity.host,
            process_start=self._identity.start,
            pid=self._identity.pid,
            application_version=self.runtime.application_version,
            beats=self._beats,
        )

    def _announce(self) -> None:
        from dbos.system import executors, versions
        from dbos.system.statement import together

        now, version = seam.now_ms(), self.runtime.application_version
        self._system.save(
            together(
                "send a heartbeat, the first",
                executors.beat(self._executor(), now),
                versions.register(version, seam.new_id(), now),
            )
        )

    def _pulse(self) -> float | None:
        """Scan at once after the launch and when a neighbour has died; else beat when it is due."""
        settings = self.runtime.settings
        now = seam.monotonic()
        if self._next_beat == 0.0:
            self._next_beat = now + settings.heartbeat_seconds
            self._recovery.scan()
        elif now >= self._next_beat:
            late_seconds = now - self._next_beat
            self._next_beat = now + settings.heartbeat_seconds
            self._beat()
            self._recovery.take_left_behind()
            if late_seconds + settings.heartbeat_seconds > settings.lease_seconds:
                # This process was stopped for longer than its lease: what waits here may belong
                # to others by now, so let it look.
                self._system.wakes.notify_everyone()
        elif self._recovery.neighbours.have_ended():
            try:
                self._recovery.scan()
            except Exception:
                self._recovery.neighbours.ask_again()
                raise
        return max(0.0, self._next_beat - seam.monotonic())

    def _beat(self) -> None:
        from dbos.system import executors

        spoken, now = self._system.language, seam.now_ms()
        self._recovery.watch(
            self._system.save(executors.beat_and_list(spoken, self._executor(), now))
        )

    def _sign_off(self) -> None:
        from dbos.system import executors

        try:
            self._system.save(executors.remove(self._token))
        except DBOSShutdownError:
            pass
        except Exception as error:
            logger.debug("This process could not sign off: %s", type(error).__name__)


def watchers(system: SystemDatabase, settings: Settings) -> list[Any]:
    """The services, not yet started, that notice what other processes commit."""
    if system.language.is_sqlite:
        from dbos.services.foreign import ForeignCommits

        return [ForeignCommits(system)]
    from dbos.services.sweep import Sweep
    from dbos.system.listener import Listener

    listener = Listener(system) if settings.use_listen_notify else None
    return [Sweep(system, listener), *([listener] if listener else [])]


def open_system(settings: Settings, *, must_write: bool = False) -> SystemDatabase:
    """Open the system database with its schema up to date.

    Raises ``DBOSInitializationError``, without password or SQL, when that is not possible, and when
    what ``must_write`` is a replica.
    """
    from dbos.system import SystemDatabase
    from dbos.system.advice import explain
    from dbos.system.commit import LONGEST_RETRY_SECONDS
    from dbos.system.dialect import is_driver_error, is_transient

    system = SystemDatabase(
        settings.system_database_url,
        schema=settings.schema,
        most_connections=settings.pools.most_connections,
        # Who comes back from an outage later than others must not count as dead by then.
        longest_pause_seconds=min(LONGEST_RETRY_SECONDS, settings.lease_seconds / 3),
    )
    delay = 0.05
    try:
        while True:
            try:
                if settings.run_migrations:
                    system.migrate(must_write=must_write)
                elif must_write:
                    system.refuse_read_only()
                return system
            except Exception as error:
                if not is_driver_error(error):
                    raise
                if not is_transient(error):
                    raise DBOSInitializationError(
                        f"Cannot open the system database {system.describe()}: {explain(error)}"
                    ) from None
                logger.warning(
                    "The system database %s does not answer yet (%s); trying again in %.1f s",
                    system.describe(),
                    explain(error),
                    delay,
                )
                seam.pause(delay)
                delay = min(delay * 2, 5.0)
    except BaseException:
        system.close()
        raise
