"""All rules, and running them over a program.

In: an analysed program. Out: its findings, sorted by path, line, column and code, without those
that a comment silences. Never does: find rules by looking at files; the list is literal.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.reading.columns import in_characters
from dbos_build.rules import (
    agent_call,
    api_outside_workflow,
    argument_mismatch,
    async_transaction,
    background_task,
    blanket_suppression,
    blocking_operation,
    built_sql,
    cached_operation,
    called_workflow,
    changed_contract,
    changed_sequence,
    changing_state,
    client_call,
    clock_default,
    commit_in_transaction,
    context_variable,
    database_call,
    decorator_order,
    duplicate_name,
    durable_callback,
    durable_generator,
    dynamic_code,
    dynamic_import,
    endless_loop,
    entropy,
    environment_order,
    environment_read,
    file_access,
    forgotten_await,
    fragile_gather,
    fresh_identifier,
    global_random,
    global_rebinding,
    half_retired_patch,
    heavy_computation,
    host_identity,
    identity_hash,
    idle_patch,
    instance_mutation,
    interactive_input,
    interleaved_sequences,
    interpreter_state,
    io_in_transaction,
    large_payload,
    lazy_singleton,
    local_timezone,
    local_value,
    lost_change,
    lost_name,
    lost_topic,
    machine_error,
    misplaced_patch,
    misused_queue,
    monotonic_clock,
    mutable_default,
    needless_step,
    network_call,
    plain_sleep,
    polling_loop,
    process_call,
    queue_conflict,
    queue_in_function,
    race,
    random_identity,
    repeated_output,
    repeated_workflow_id,
    retry_settings,
    session_outside_transaction,
    set_as_list,
    set_iteration,
    set_pick,
    shared_iterator,
    shared_mutation,
    shared_result,
    step_in_transaction,
    stub_in_workflow,
    survey,
    swallowed_cancellation,
    syntax_error,
    task_synchronization,
    thread_start,
    too_early_call,
    unaddressable_function,
    unclear_patch,
    unknown_library,
    unknown_suppression,
    unknown_workflow,
    unmatched_topic,
    unportable_type,
    unreadable_source,
    unreadable_value,
    unrecorded_step,
    unregistered_instance,
    unrepeatable_exception,
    unresolved_call,
    unsafe_retry,
    unseeded_generator,
    unstable_data,
    unstable_decision,
    unstorable_type,
    unused_suppression,
    volatile_constant,
    wall_clock,
    wall_clock_timeout,
    workflow_api_in_step,
    workflow_in_step,
    wrong_api_form,
    wrong_schedule,
)
from dbos_build.rules.looks import Interest
from dbos_build.rules.reachability import with_chains
from dbos_build.rules.rule import Rule
from dbos_build.rules.silencing import Silencer

RULES: tuple[Rule, ...] = (
    wall_clock.RULE,
    monotonic_clock.RULE,
    plain_sleep.RULE,
    wall_clock_timeout.RULE,
    local_timezone.RULE,
    clock_default.RULE,
    global_random.RULE,
    unseeded_generator.RULE,
    entropy.RULE,
    fresh_identifier.RULE,
    random_identity.RULE,
    network_call.RULE,
    client_call.RULE,
    file_access.RULE,
    process_call.RULE,
    database_call.RULE,
    interactive_input.RULE,
    repeated_output.RULE,
    agent_call.RULE,
    dynamic_import.RULE,
    environment_read.RULE,
    volatile_constant.RULE,
    host_identity.RULE,
    interpreter_state.RULE,
    thread_start.RULE,
    interleaved_sequences.RULE,
    fragile_gather.RULE,
    race.RULE,
    background_task.RULE,
    forgotten_await.RULE,
    task_synchronization.RULE,
    blocking_operation.RULE,
    durable_callback.RULE,
    set_iteration.RULE,
    set_pick.RULE,
    identity_hash.RULE,
    environment_order.RULE,
    set_as_list.RULE,
    global_rebinding.RULE,
    shared_mutation.RULE,
    changing_state.RULE,
    instance_mutation.RULE,
    lost_change.RULE,
    mutable_default.RULE,
    context_variable.RULE,
    cached_operation.RULE,
    shared_iterator.RULE,
    lazy_singleton.RULE,
    unstable_decision.RULE,
    unstable_data.RULE,
    dynamic_code.RULE,
    unresolved_call.RULE,
    unknown_library.RULE,
    machine_error.RULE,
    endless_loop.RULE,
    heavy_computation.RULE,
    workflow_in_step.RULE,
    step_in_transaction.RULE,
    workflow_api_in_step.RULE,
    api_outside_workflow.RULE,
    session_outside_transaction.RULE,
    io_in_transaction.RULE,
    commit_in_transaction.RULE,
    async_transaction.RULE,
    wrong_api_form.RULE,
    queue_in_function.RULE,
    queue_conflict.RULE,
    unaddressable_function.RULE,
    decorator_order.RULE,
    duplicate_name.RULE,
    unregistered_instance.RULE,
    wrong_schedule.RULE,
    retry_settings.RULE,
    unsafe_retry.RULE,
    swallowed_cancellation.RULE,
    called_workflow.RULE,
    argument_mismatch.RULE,
    unknown_workflow.RULE,
    repeated_workflow_id.RULE,
    unmatched_topic.RULE,
    too_early_call.RULE,
    durable_generator.RULE,
    misused_queue.RULE,
    unrecorded_step.RULE,
    needless_step.RULE,
    built_sql.RULE,
    polling_loop.RULE,
    stub_in_workflow.RULE,
    unstorable_type.RULE,
    local_value.RULE,
    unrepeatable_exception.RULE,
    large_payload.RULE,
    shared_result.RULE,
    unportable_type.RULE,
    changed_sequence.RULE,
    unclear_patch.RULE,
    idle_patch.RULE,
    half_retired_patch.RULE,
    misplaced_patch.RULE,
    lost_name.RULE,
    changed_contract.RULE,
    unreadable_value.RULE,
    lost_topic.RULE,
    syntax_error.RULE,
    unreadable_source.RULE,
    unused_suppression.RULE,
    unknown_suppression.RULE,
    blanket_suppression.RULE,
)


@lru_cache(maxsize=8)
def _interest(codes: tuple[str, ...]) -> Interest:
    """What some rules look for; one and the same for the same rules."""
    looks = (look for rule in RULES if rule.code in codes for look in rule.looks)
    return Interest(tuple(dict.fromkeys(looks)))


def check(program: Program) -> list[Finding]:
    """Every finding of every rule that applies, in order.

    Rules of severity info are advice: they run when `strict` is set or `select` names them.
    """
    rules = [rule for rule in RULES if _applies(rule, program)]
    survey.begin(program, _interest(tuple(rule.code for rule in rules)))
    try:
        return _check(program, rules)
    finally:
        survey.end(program)


def _check(program: Program, rules: list[Rule]) -> list[Finding]:
    """What these rules find, while a survey of the program is at hand."""
    found = with_chains(program, (finding for rule in rules for finding in _run(rule, program)))
    silencer = Silencer(program)
    kept = [
        *in_characters(silencer.remaining(found), program.modules),
        *silencer.unused(unused_suppression.RULE, {rule.code for rule in rules}),
        *silencer.unknown(unknown_suppression.RULE, RULES),
        *silencer.blanket(blanket_suppression.RULE),
    ]
    return sorted(kept, key=lambda finding: finding.order)


def _run(rule: Rule, program: Program) -> Iterator[Finding]:
    """The findings of one rule."""
    if program.engine.pulse is not None:
        program.engine.pulse()
    yield from rule.run(program)


def _applies(rule: Rule, program: Program) -> bool:
    """Whether a rule runs under the program's settings."""
    settings = program.settings
    if rule.needs:
        named = {rule.name, rule.code} & {wanted.strip() for wanted in settings.select}
        return bool(named) or (rule.needs == "strict" and settings.strict)
    if rule.severity is not Severity.INFO or settings.strict:
        return True
    return any(
        wanted == rule.name or (wanted and rule.code.startswith(wanted.upper()))
        for wanted in settings.select
    )


__all__ = ["RULES", "Rule", "check"]
