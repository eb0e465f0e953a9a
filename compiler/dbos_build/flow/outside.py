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
_LASTING = (
    *("math.", "decimal.", "fractions.", "datetime.", "zoneinfo.", "re.", "uuid.", "urllib.parse."),
    *("pathlib.Pure", "posixpath.", "time.", "dbos.", "made."),
)
"""Libraries whose objects never change, or only by what the workflow asks the runtime for."""
_CHANGING_FUNCTIONS = frozenset(
    {"operator.setitem", "operator.delitem", "operator.call"}
    | {
        f"operator.{name}"
        for name in (
            *("iadd", "iand", "iconcat", "ifloordiv", "ilshift", "imatmul", "imod", "imul", "ior"),
            *("ipow", "irshift", "isub", "itruediv", "ixor"),
        )
    }
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
    if is_changing(name):
        return False
    head, _, tail = name.partition(".")
    if head == "builtins":
        return tail not in _CHANGING_BUILTINS and "__" not in tail
    return name.startswith(_COMPUTING) or name in ("logging.getLogger",)


def is_changing(name: str) -> bool:
    """Whether calling something may change an object, though it is given only numbers and texts."""
    if name.endswith(".*"):  # some method of what a library gave
        return not name.startswith(_LASTING)
    return name.startswith(_CHANGING_METHODS) or name in _CHANGING_FUNCTIONS
