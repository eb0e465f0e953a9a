"""The sources of the injection grid: what differs at replay, and what does not.

In: nothing. Out: `NONDETERMINISTIC` and `DETERMINISTIC`, each a tuple of calls with the module they
come from and the codes that a finding about them may have.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A call: `module.chain(arguments)suffix`; without a module it is a builtin.

    `codes` are those that a finding may carry; none for a deterministic source. `is_class` says
    whether the chain names a class, so that it can be an annotation.
    """

    name: str
    module: str
    chain: str
    arguments: str = ""
    suffix: str = ""
    codes: tuple[str, ...] = ()
    is_class: bool = False

    @property
    def first(self) -> str:
        """The name that a from-import takes."""
        return self.chain.partition(".")[0]

    @property
    def rest(self) -> str:
        """What follows it, with the dot."""
        return self.chain[len(self.first) :]

    @property
    def plain_import(self) -> str:
        """The import statement, or nothing for a builtin."""
        return f"import {self.module}" if self.module else ""

    @property
    def reference(self) -> str:
        """The callable after a plain import."""
        return f"{self.module}.{self.chain}" if self.module else self.chain

    @property
    def expression(self) -> str:
        """The whole call after a plain import."""
        return self.used(self.reference)

    def used(self, reference: str) -> str:
        """The whole call when the callable has another name."""
        return f"{reference}({self.arguments}){self.suffix}"


def _client(name: str, module: str, chain: str, arguments: str, suffix: str, *codes: str) -> Source:
    return Source(name, module, chain, arguments, suffix, codes, is_class=True)


NONDETERMINISTIC = (
    Source("time", "time", "time", codes=("DBS001",)),
    Source("time_ns", "time", "time_ns", codes=("DBS001",)),
    Source("datetime_now", "datetime", "datetime.now", codes=("DBS001",)),
    Source("datetime_utcnow", "datetime", "datetime.utcnow", codes=("DBS001",)),
    Source("date_today", "datetime", "date.today", suffix=".isoformat()", codes=("DBS001",)),
    Source("strftime", "time", "strftime", '"%Y"', codes=("DBS001",)),
    Source("localtime", "time", "localtime", codes=("DBS001",)),
    Source("monotonic", "time", "monotonic", codes=("DBS002",)),
    Source("perf_counter", "time", "perf_counter", codes=("DBS002",)),
    Source("process_time", "time", "process_time", codes=("DBS002",)),
    Source("sleep", "time", "sleep", "1", codes=("DBS003",)),
    Source("fromtimestamp", "datetime", "datetime.fromtimestamp", "5.0", codes=("DBS005",)),
    Source("random", "random", "random", codes=("DBS101",)),
    Source("randint", "random", "randint", "1, 6", codes=("DBS101",)),
    Source("choice", "random", "choice", "[1, 2]", codes=("DBS101",)),
    Source("sample", "random", "sample", "[1, 2], 1", codes=("DBS101",)),
    Source("numpy_random", "numpy.random", "rand", "3", codes=("DBS101",)),
    _client("unseeded", "random", "Random", "", ".random()", "DBS102"),
    _client("system_random", "random", "SystemRandom", "", ".random()", "DBS102", "DBS103"),
    Source("default_rng", "numpy.random", "default_rng", suffix=".random()", codes=("DBS102",)),
    Source("urandom", "os", "urandom", "8", codes=("DBS103",)),
    Source("token_hex", "secrets", "token_hex", codes=("DBS103",)),
    Source("randbelow", "secrets", "randbelow", "10", codes=("DBS103",)),
    Source("uuid4", "uuid", "uuid4", suffix=".hex", codes=("DBS104",)),
    Source("uuid1", "uuid", "uuid1", codes=("DBS104",)),
    Source("requests_get", "requests", "get", '"https://e.com"', ".text", ("DBS201",)),
    Source("requests_post", "requests", "post", '"https://e.com"', codes=("DBS201",)),
    Source("httpx_get", "httpx", "get", '"https://e.com"', ".json()", ("DBS201",)),
    Source("urlopen", "urllib.request", "urlopen", '"https://e.com"', ".read()", ("DBS201",)),
    Source("gethostbyname", "socket", "gethostbyname", '"e.com"', codes=("DBS201",)),
    Source("create_connection", "socket", "create_connection", '("e.com", 1)', codes=("DBS201",)),
    _client("session", "requests", "Session", "", '.get("https://e.com")', "DBS202", "DBS201"),
    _client("httpx_client", "httpx", "Client", "", '.post("https://e.com")', "DBS202", "DBS201"),
    _client("openai", "openai", "OpenAI", "", '.responses.create(input="hi")', "DBS202"),
    _client("redis", "redis", "Redis", "", '.get("key")', "DBS202", "DBS205"),
    _client("slack", "slack_sdk", "WebClient", "", '.chat_postMessage(text="hi")', "DBS202"),
    Source("boto3", "boto3", "client", '"s3"', ".list_buckets()", ("DBS202", "DBS201")),
    _client("path_text", "pathlib", "Path", '"a.txt"', ".read_text()", "DBS203"),
    _client("path_exists", "pathlib", "Path", '"a.txt"', ".exists()", "DBS203"),
    Source("open", "", "open", '"a.txt"', ".read()", ("DBS203",)),
    Source("exists", "os.path", "exists", '"a.txt"', codes=("DBS203",)),
    Source("stat", "os", "stat", '"a.txt"', codes=("DBS203",)),
    Source("mkdtemp", "tempfile", "mkdtemp", codes=("DBS203",)),
    Source("listdir", "os", "listdir", '"."', codes=("DBS203", "DBS504")),
    Source("glob", "glob", "glob", '"*"', codes=("DBS203", "DBS504")),
    Source("run", "subprocess", "run", '["ls"]', codes=("DBS204",)),
    Source("check_output", "subprocess", "check_output", '["ls"]', codes=("DBS204",)),
    Source("system", "os", "system", '"ls"', codes=("DBS204",)),
    Source("sqlite", "sqlite3", "connect", '":memory:"', '.execute("SELECT 1")', ("DBS205",)),
    Source("psycopg", "psycopg", "connect", '"dbname=a"', codes=("DBS205",)),
    _client("mongo", "pymongo", "MongoClient", "", ".list_database_names()", "DBS205", "DBS202"),
    Source("getenv", "os", "getenv", '"MODE"', codes=("DBS301",)),
    Source("environ_get", "os", "environ.get", '"MODE"', codes=("DBS301",)),
    Source("getpid", "os", "getpid", codes=("DBS303",)),
    Source("gethostname", "socket", "gethostname", codes=("DBS303",)),
    Source("platform", "platform", "platform", codes=("DBS303",)),
    Source("getcwd", "os", "getcwd", codes=("DBS303", "DBS203")),
    Source("cpu_count", "os", "cpu_count", codes=("DBS303",)),
    Source("input", "", "input", '"?"', codes=("DBS206",)),
    Source("getpass", "getpass", "getpass", codes=("DBS206",)),
    Source("hash", "", "hash", '"text"', codes=("DBS503",)),
    Source("identity", "", "id", "[]", codes=("DBS503",)),
)

DETERMINISTIC = (
    Source("uuid", "uuid", "UUID", "int=5", ".hex", is_class=True),
    Source("json", "json", "dumps", "[1]"),
    Source("square_root", "math", "sqrt", "2"),
    Source("sha256", "hashlib", "sha256", 'b"a"', ".hexdigest()"),
    Source("datetime", "datetime", "datetime", "2024, 1, 1", ".isoformat()", is_class=True),
    Source("timedelta", "datetime", "timedelta", "seconds=5", ".total_seconds()", is_class=True),
    Source("seeded", "random", "Random", "7", ".random()", is_class=True),
    Source("pure_path", "pathlib", "PurePath", '"a"', '.joinpath("b")', is_class=True),
    Source("urlencode", "urllib.parse", "urlencode", '{"a": 1}'),
    Source("gmtime", "time", "gmtime", "0"),
    Source("join", "os.path", "join", '"a", "b"'),
    Source("decimal", "decimal", "Decimal", '"1.5"', ".sqrt()", is_class=True),
    Source("counter", "collections", "Counter", '"abc"', ".most_common()", is_class=True),
    Source("pattern", "re", "compile", '"a"', '.match("a")'),
    Source("crc32", "zlib", "crc32", 'b"a"'),
    Source("string_io", "io", "StringIO", '"a"', ".read()", is_class=True),
    Source("url", "httpx", "URL", '"https://e.com"', ".host", is_class=True),
    Source("length", "", "len", "[1, 2]"),
    Source("ordered", "", "sorted", "[2, 1]"),
)
