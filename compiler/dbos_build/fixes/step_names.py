"""What a step that reads the world is called, and how its docstring describes it.

In: the calls along an expression, and its first literal. Out: a `Title`. Never does: look
at a file; the caller makes the name collision-free.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Title:
    """A name for a function, one line about it, and the type it returns when that is certain.

    The type is a builtin, `module.Class`, or `ENVIRONMENT` for one that depends on the call.
    """

    name: str
    summary: str
    returns: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call or lookup: its qualified names if known, its last word, whether nothing follows."""

    names: frozenset[str]
    word: str
    is_last: bool
    is_call: bool = True


TITLES: Mapping[str, Title] = MappingProxyType(
    {
        "time.time": Title("current_time", "Read the clock", "float"),
        "time.time_ns": Title("current_time_ns", "Read the clock", "int"),
        "time.monotonic": Title("monotonic_time", "Read the monotonic clock", "float"),
        "time.monotonic_ns": Title("monotonic_time_ns", "Read the monotonic clock", "int"),
        "time.perf_counter": Title("timer_value", "Read the timer", "float"),
        "time.perf_counter_ns": Title("timer_value_ns", "Read the timer", "int"),
        "time.process_time": Title("processor_time", "Read the processor clock", "float"),
        "datetime.datetime.now": Title("current_datetime", "Read the clock", "datetime.datetime"),
        "datetime.datetime.utcnow": Title(
            "current_datetime", "Read the clock", "datetime.datetime"
        ),
        "datetime.datetime.today": Title("current_datetime", "Read the clock", "datetime.datetime"),
        "datetime.date.today": Title("current_date", "Read the calendar", "datetime.date"),
        "random.random": Title("random_number", "Draw a random number", "float"),
        "random.uniform": Title("random_number", "Draw a random number", "float"),
        "random.randint": Title("random_integer", "Draw a random integer", "int"),
        "random.randrange": Title("random_integer", "Draw a random integer", "int"),
        "random.getrandbits": Title("random_bits", "Draw random bits", "int"),
        "random.choice": Title("random_choice", "Draw one element"),
        "random.choices": Title("random_choices", "Draw elements"),
        "random.sample": Title("random_sample", "Draw elements"),
        "os.urandom": Title("random_bytes", "Draw random bytes", "bytes"),
        "secrets.token_bytes": Title("new_token", "Make a token", "bytes"),
        "secrets.token_hex": Title("new_token", "Make a token", "str"),
        "secrets.token_urlsafe": Title("new_token", "Make a token", "str"),
        "uuid.uuid1": Title("new_uuid", "Make an identifier", "uuid.UUID"),
        "uuid.uuid4": Title("new_uuid", "Make an identifier", "uuid.UUID"),
        "os.getpid": Title("process_id", "Read the process id", "int"),
        "socket.gethostname": Title("host_name", "Read the name of the host", "str"),
        "os.getcwd": Title("working_directory", "Read the working directory", "str"),
        "os.cpu_count": Title("processor_count", "Count the processors"),
        "sys.argv": Title("command_line", "Read the command line"),
        "input": Title("ask", "Ask on the terminal", "str"),
        "getpass.getpass": Title("ask_password", "Ask for a password", "str"),
        "subprocess.run": Title("run_command", "Run a command"),
        "subprocess.check_output": Title("run_command", "Run a command"),
        "subprocess.check_call": Title("run_command", "Run a command"),
        "os.system": Title("run_command", "Run a command", "int"),
        "os.listdir": Title("list_folder", "List a folder", "list[str]"),
        "os.path.exists": Title("path_exists", "Look whether a path exists", "bool"),
        "os.path.isfile": Title("is_file", "Look whether a path is a file", "bool"),
        "os.path.isdir": Title("is_folder", "Look whether a path is a folder", "bool"),
        "os.path.getsize": Title("file_size_bytes", "Measure a file", "int"),
        "os.remove": Title("remove_file", "Remove a file"),
        "os.unlink": Title("remove_file", "Remove a file"),
        "os.makedirs": Title("make_folder", "Make a folder"),
        "open": Title("use_file", "Work with a file"),
        "io.open": Title("use_file", "Work with a file"),
        "urllib.request.urlopen": Title("fetch", "Fetch from the network"),
        "hash": Title("hash_value", "Hash a value", "int"),
        "id": Title("object_id", "Read the identity of an object", "int"),
    }
)
"""Qualified name → title, for a call that is the whole expression."""

METHODS: Mapping[str, Title] = MappingProxyType(
    {
        "read_text": Title("read_file", "Read a file", "str"),
        "read_bytes": Title("read_file", "Read a file", "bytes"),
        "write_text": Title("write_file", "Write a file", "int"),
        "write_bytes": Title("write_file", "Write a file", "int"),
        "open": Title("use_file", "Work with a file"),
        "read": Title("read_content", "Read the content"),
        "exists": Title("path_exists", "Look whether a path exists", "bool"),
        "is_file": Title("is_file", "Look whether a path is a file", "bool"),
        "is_dir": Title("is_folder", "Look whether a path is a folder", "bool"),
        "mkdir": Title("make_folder", "Make a folder"),
        "unlink": Title("remove_file", "Remove a file"),
        "stat": Title("file_status", "Read the status of a file"),
        "get": Title("fetch", "Fetch from the network"),
        "post": Title("send_request", "Send a request"),
        "put": Title("send_request", "Send a request"),
        "patch": Title("send_request", "Send a request"),
        "delete": Title("send_request", "Send a request"),
        "request": Title("send_request", "Send a request"),
    }
)
"""Last word of the call → title, when its qualified name is not in the table."""

_ENVIRONMENT = ("os.environ", "os.getenv")
_UNSAFE = re.compile(r"[^a-z0-9]+")


def title(calls: Sequence[Call], literal: str | None) -> Title:
    """The title for an expression.

    `calls` are the calls along it, innermost first; `literal` is the first string constant in it.
    The return type is left out unless the call that gave the title is the whole expression.
    """
    for position, call in enumerate(calls):
        found = _of_call(call, literal)
        if found is not None:
            last = position == len(calls) - 1 and call.is_last
            return found if last else Title(found.name, found.summary)
    word = calls[-1].word if calls else ""
    base = _UNSAFE.sub("_", word.lower()).strip("_")
    if not base:
        return Title("read_value", "Read a value that may change")
    if not calls[-1].is_call:
        return Title(f"read_{base}", f"Read `{word}`")
    name = f"step_{base}" if base[0].isdigit() else f"{base}_step"
    return Title(name, f"Run `{word}`")


def _of_call(call: Call, literal: str | None) -> Title | None:
    for name in sorted(call.names):
        if name.startswith(_ENVIRONMENT):
            return _setting(literal)
        if name in TITLES:
            return TITLES[name]
    return METHODS.get(call.word)


def _setting(literal: str | None) -> Title:
    word = _UNSAFE.sub("_", (literal or "").lower()).strip("_")
    if not word or len(word) > 40:
        return Title("read_environment", "Read the environment", ENVIRONMENT)
    return Title(f"read_{word}", f"Read {literal} from the environment", ENVIRONMENT)
