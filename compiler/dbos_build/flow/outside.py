"""The outside: which functions of libraries leave their arguments as they are.

In: the qualified name of something outside the project. Out: whether calling it only computes, and
whether it only writes a log line.
Never: says so of a function that it does not know.
"""

from __future__ import annotations

_LOGGING = (
    "logging.",
    "loguru.",
    "structlog.",
    "dbos.DBOS.logger",
    "dbos.DBOS.span",
    "dbos.DBOS.tracer",
    "dbos.dbos_logger",
    "warnings.warn",
)
_NOT_LOGGING = frozenset({"logging.getLogger", "structlog.get_logger", "logging.Logger.getChild"})
_COMPUTING = (
    "json.",
    "math.",
    "cmath.",
    "statistics.",
    "decimal.",
    "fractions.",
    "datetime.",
    "calendar.",
    "zoneinfo.",
    "operator.",
    "itertools.",
    "collections.",
    "dataclasses.",
    "copy.",
    "re.",
    "string.",
    "textwrap.",
    "unicodedata.",
    "hashlib.",
    "hmac.",
    "base64.",
    "binascii.",
    "zlib.",
    "uuid.",
    "enum.",
    "types.",
    "typing.",
    "urllib.parse.",
    "posixpath.",
    "os.path.",
    "pathlib.Pure",
    "time.",
    "os.getenv",
    "os.environ.get",
    "random.random",
    "random.randint",
    "random.choice",
    "asyncio.Semaphore",
    "asyncio.timeout",
    "pydantic.",
    "dbos.",
    "made.",
)
_CHANGING_BUILTINS = frozenset(
    {"setattr", "delattr", "next", "exec", "eval", "__import__", "compile", "vars", "globals"}
)
_CHANGING_METHODS = (
    "builtins.list.",
    "builtins.dict.",
    "builtins.set.",
    "builtins.bytearray.",
    "collections.deque.",
    "collections.Counter.",
    "collections.OrderedDict.",
    "collections.defaultdict.",
)


def is_idle(name: str) -> bool:
    """Whether calling something writes a log line and does nothing else."""
    return name == "builtins.print" or (name.startswith(_LOGGING) and name not in _NOT_LOGGING)


def effect_free(name: str) -> bool:
    """Whether calling something changes none of the objects that it is given."""
    if name.startswith(_CHANGING_METHODS):
        return False
    head, _, tail = name.partition(".")
    if head == "builtins":
        return tail not in _CHANGING_BUILTINS
    return name.startswith(_COMPUTING) or name in ("logging.getLogger",)
