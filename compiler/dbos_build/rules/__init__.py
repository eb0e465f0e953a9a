"""All rules, and running them over a program.

In: an analysed program. Out: its findings, sorted by path, line, column and code, without those
that a comment silences. Never does: find rules by looking at files; the list is literal.
"""

from __future__ import annotations

from dbos_build.findings import Finding
from dbos_build.program import Program
from dbos_build.rules import (
    client_call,
    clock_default,
    database_call,
    entropy,
    environment_read,
    file_access,
    fresh_identifier,
    global_random,
    host_identity,
    interactive_input,
    interpreter_state,
    local_timezone,
    monotonic_clock,
    network_call,
    plain_sleep,
    process_call,
    random_identity,
    syntax_error,
    unreadable_source,
    unseeded_generator,
    volatile_constant,
    wall_clock,
    wall_clock_timeout,
)
from dbos_build.rules.rule import Rule
from dbos_build.rules.silencing import unsilenced

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
    environment_read.RULE,
    volatile_constant.RULE,
    host_identity.RULE,
    interpreter_state.RULE,
    syntax_error.RULE,
    unreadable_source.RULE,
)


def check(program: Program) -> list[Finding]:
    """Every finding of every rule, in order."""
    found = [finding for rule in RULES for finding in rule.run(program)]
    return sorted(unsilenced(found, program), key=lambda finding: finding.order)


__all__ = ["RULES", "Rule", "check"]
