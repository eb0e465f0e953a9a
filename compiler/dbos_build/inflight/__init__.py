"""Workflows in flight: which build can take over each, by the proof of flows or by its record.

In: a database (asked through the runtime's own command), lock files, sources. Out: a judgement per
workflow, and proofs that a build carries on. Never imports the runtime or user code, and never
changes a database.
"""
