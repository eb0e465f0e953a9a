"""Errors of the compiler: everything it can refuse, in one hierarchy.

In: one sentence that says what happened, to what, and what to do next.
Out: exceptions that the command line prints as one line, with exit code 2.
Never: raised for something wrong inside a user's Python file; that is a finding.
"""

from __future__ import annotations


class BuildError(Exception):
    """Something the compiler cannot go on with; its text is one line for the user."""


class ConfigError(BuildError):
    """The configuration cannot be read, or says something that has no meaning."""


class SourceError(BuildError):
    """A path that was asked for does not exist or holds no Python."""


class NoSourcesError(SourceError):
    """The paths that were asked for exist, and no Python file is below them."""


class OvertakenError(BuildError):
    """A check was given up because its texts have been replaced; nobody waits for what it finds."""


class EntangledError(BuildError):
    """An edit reaches beyond the function it is in; the program has to be analysed as a whole."""


class ManifestError(BuildError):
    """A lock file cannot be read: missing, corrupt, or of another format."""


class OutputError(BuildError):
    """A generated file cannot be written; the files on disk are as they were."""


class DatabaseError(BuildError):
    """A system database cannot be read: none there, unreachable, or not one of ours."""
