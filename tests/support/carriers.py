"""The grid of sources and carriers: one call that may not be in a workflow, brought in many ways.

A `Source` is a callable and its arguments; a carrier is a function that makes a program of it, with
the line that must be flagged marked `# HERE`. The same carriers with a deterministic source must
stay quiet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """`module.function(arguments)`; `code` is the rule that flags it, or None."""

    module: str
    function: str
    arguments: str
    code: str | None

    @property
    def call(self) -> str:
        """The call, spelled in full."""
        return f"{self.module}.{self.function}({self.arguments})"

    @property
    def name(self) -> str:
        """The callable, spelled in full."""
        return f"{self.module}.{self.function}"

    @property
    def top(self) -> str:
        """The first name after the module."""
        return self.function.partition(".")[0]

    @property
    def rest(self) -> str:
        """What follows the first name: `.now` of `datetime.now`."""
        return self.function[len(self.top) :]


def _source(text: str, code: str | None) -> Source:
    name, _, arguments = text.removesuffix(")").partition("(")
    for known in _DEEP_MODULES:
        if name.startswith(known + "."):
            return Source(known, name[len(known) + 1 :], arguments, code)
    module, _, function = name.partition(".")
    return Source(module, function, arguments, code)


_DEEP_MODULES = ("urllib.request", "numpy.random", "importlib.metadata", "http.client", "os.path")

_VIOLATIONS = {
    "DBS001": "time.time() time.time_ns() datetime.datetime.now() datetime.datetime.utcnow() "
    "datetime.date.today() time.gmtime() time.ctime() pendulum.now() arrow.utcnow()",
    "DBS002": "time.monotonic() time.perf_counter() time.process_time() time.monotonic_ns() "
    "time.thread_time() timeit.default_timer()",
    "DBS003": "time.sleep(5) threading.Event().wait(3)",
    "DBS101": "random.random() random.randint(1,6) random.choice([1,2]) random.uniform(0,1) "
    "random.sample([1,2,3],2) random.getrandbits(8) numpy.random.rand(3) numpy.random.randint(5)",
    "DBS102": "random.Random() random.SystemRandom() numpy.random.default_rng()",
    "DBS103": "os.urandom(8) secrets.token_hex() secrets.token_bytes(4) secrets.randbelow(9) "
    "uuid.getnode()",
    "DBS104": "uuid.uuid1() uuid.uuid4() ulid.new() nanoid.generate() shortuuid.uuid()",
    "DBS201": 'requests.get("u") requests.post("u") httpx.get("u") httpx.post("u") '
    'urllib.request.urlopen("u") socket.create_connection("u") requests.request("GET","u")',
    "DBS203": 'os.listdir(".") os.stat("f") os.remove("f") shutil.rmtree("d") glob.glob("*") '
    'os.path.exists("f") tempfile.mkdtemp() os.makedirs("d") os.path.getmtime("f")',
    "DBS204": 'subprocess.run("x") subprocess.check_output("x") os.system("x") os.kill(1,9)',
    "DBS205": 'sqlite3.connect("f") psycopg.connect("u")',
    "DBS301": 'os.getenv("X") dotenv.load_dotenv()',
    "DBS303": "os.getpid() socket.gethostname() platform.node() os.getcwd() os.cpu_count() "
    "threading.get_ident()",
    "DBS304": "gc.collect() inspect.stack() sys._getframe()",
}
_HARMLESS = (
    "math.sqrt(4) json.dumps({}) datetime.datetime(2024,1,1) uuid.UUID(int=5) "
    'random.Random(4) os.path.join("a","b") hashlib.sha256(b"x") base64.b64encode(b"x") '
    'shlex.quote("a") textwrap.dedent("a") itertools.count(1) collections.Counter() '
    "decimal.Decimal(3) time.gmtime(0)"
)
VIOLATIONS = [_source(text, code) for code, line in _VIOLATIONS.items() for text in line.split()]
HARMLESS = [_source(text, None) for text in _HARMLESS.split()]

Files = dict[str, str]
Carrier = Callable[[Source], Files]

_HEAD = "from dbos import DBOS\n\n\n"
_WORKFLOW = "@DBOS.workflow()\ndef checkout(flag: bool = True):\n"


def _program(source: Source, before: str, body: str, **others: str) -> Files:
    """A main module that imports the source's module, and other modules."""
    head = f"import {source.module}\n\n{_HEAD}"
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    files = {"main.py": f"{head}{before}{_WORKFLOW}{lines}"}
    files.update(
        {f"{name}.py": f"import {source.module}\n\n{text}" for name, text in others.items()}
    )
    return files


def _plain(imports: str, before: str, body: str) -> Files:
    """A main module with its own imports."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return {"main.py": f"{imports}\n{_HEAD}{before}{_WORKFLOW}{lines}"}


def _from(source: Source, alias: str) -> str:
    return f"from {source.module} import {source.top} as {alias}"


_HELPER = "def helper():\n    return {call}  # HERE\n\n\n"


def _in_class(source: Source, method: str, use: str, decorator: str = "") -> Files:
    lead = f"    {decorator}\n" if decorator else ""
    text = f"class Box:\n{lead}    {method}\n        return {source.call}  # HERE\n\n\n"
    return _program(source, text, use)


CARRIERS: dict[str, Carrier] = {
    "direct": lambda s: _program(s, "", f"return {s.call}  # HERE"),
    "import-as": lambda s: _plain(
        f"import {s.module} as m", "", f"return m.{s.function}({s.arguments})  # HERE"
    ),
    "from-as": lambda s: _plain(_from(s, "f"), "", f"return f{s.rest}({s.arguments})  # HERE"),
    "local-import": lambda s: _plain(
        "", "", f"{_from(s, 'f')}\nreturn f{s.rest}({s.arguments})  # HERE"
    ),
    "re-export": lambda s: {
        "shop/__init__.py": f"{_from(s, 'thing')}\n",
        "main.py": f"from shop import thing\n{_HEAD}{_WORKFLOW}"
        f"    return thing{s.rest}({s.arguments})  # HERE\n",
    },
    "star": lambda s: {
        "tools.py": f"{_from(s, 'thing')}\n",
        "main.py": f"from tools import *\n{_HEAD}{_WORKFLOW}"
        f"    return thing{s.rest}({s.arguments})  # HERE\n",
    },
    "alias-variable": lambda s: _program(
        s, f"alias = {s.name}\n\n\n", f"return alias({s.arguments})  # HERE"
    ),
    "local-alias": lambda s: _program(s, "", f"f = {s.name}\nreturn f({s.arguments})  # HERE"),
    "helper": lambda s: _program(s, _HELPER.format(call=s.call), "return helper()"),
    "helpers-three-deep": lambda s: _program(
        s,
        _HELPER.format(call=s.call)
        + "def second():\n    return helper()\n\n\ndef third():\n    return second()\n\n\n",
        "return third()",
    ),
    "other-module": lambda s: _program(
        s, "import tools\n\n\n", "return tools.helper()", tools=_HELPER.format(call=s.call)
    ),
    "method": lambda s: _in_class(s, "def go(self):", "return Box().go()"),
    "inherited-method": lambda s: _program(
        s,
        f"class Low:\n    def go(self):\n        return {s.call}  # HERE\n\n\n"
        "class High(Low):\n    pass\n\n\n",
        "return High().go()",
    ),
    "property": lambda s: _in_class(s, "def go(self):", "return Box().go", "@property"),
    "class-method": lambda s: _in_class(s, "def go(cls):", "return Box.go()", "@classmethod"),
    "static-method": lambda s: _in_class(s, "def go():", "return Box.go()", "@staticmethod"),
    "call-method": lambda s: _in_class(s, "def __call__(self):", "return Box()()"),
    "initializer": lambda s: _program(
        s,
        f"class Box:\n    def __init__(self):\n        self.value = {s.call}  # HERE\n\n\n",
        "return Box().value",
    ),
    "super": lambda s: _program(
        s,
        f"class Low:\n    def go(self):\n        return {s.call}  # HERE\n\n\n"
        "class High(Low):\n    def go(self):\n        return super().go()\n\n\n",
        "return High().go()",
    ),
    "decorator": lambda s: _program(
        s,
        "import functools\n\n\ndef timed(f):\n    @functools.wraps(f)\n    def wrapper(*args):\n"
        f"        {s.call}  # HERE\n        return f(*args)\n    return wrapper\n\n\n"
        "@timed\ndef helper():\n    return 1\n\n\n",
        "return helper()",
    ),
    "decorator-with-arguments": lambda s: _program(
        s,
        "def timed(label):\n    def decorate(f):\n        def wrapper(*args):\n"
        f"            {s.call}  # HERE\n            return f(*args)\n        return wrapper\n"
        "    return decorate\n\n\n@timed('x')\ndef helper():\n    return 1\n\n\n",
        "return helper()",
    ),
    "lambda": lambda s: _program(s, "", f"f = lambda: {s.call}  # HERE\nreturn f()"),
    "comprehension": lambda s: _program(s, "", f"return [{s.call} for _ in range(2)]  # HERE"),
    "generator": lambda s: _program(s, "", f"return sum({s.call} for _ in range(2))  # HERE"),
    "map": lambda s: _program(
        s, f"def one(x):\n    return {s.call}  # HERE\n\n\n", "return list(map(one, [1, 2]))"
    ),
    "sorted-key": lambda s: _program(
        s, f"def key(x):\n    return {s.call}  # HERE\n\n\n", "return sorted([1, 2], key=key)"
    ),
    "partial": lambda s: _program(
        s,
        "from functools import partial\n\n\n",
        f"f = partial({s.name})\nreturn f({s.arguments})  # HERE",
    ),
    "class-attribute": lambda s: _program(
        s,
        f"class Box:\n    maker = {s.name}\n\n\n",
        f"return Box.maker({s.arguments})  # HERE",
    ),
    "instance-attribute": lambda s: _program(
        s,
        f"class Box:\n    def __init__(self):\n        self.maker = {s.name}\n\n"
        f"    def go(self):\n        return self.maker({s.arguments})  # HERE\n\n\n",
        "return Box().go()",
    ),
    "injected-callable": lambda s: _program(
        s,
        "class Box:\n    def __init__(self, maker):\n        self.maker = maker\n\n"
        f"    def go(self):\n        return self.maker({s.arguments})  # HERE\n\n\n"
        f"box = Box({s.name})\n\n\n",
        "return box.go()",
    ),
    "callback": lambda s: _program(
        s,
        f"def apply(f):\n    return f({s.arguments})  # HERE\n\n\n",
        f"return apply({s.name})",
    ),
    "annotated-parameter": lambda s: _program(
        s,
        f"class Box:\n    def go(self):\n        return {s.call}  # HERE\n\n\n"
        "def use(box: 'Box | None'):\n    return box.go()\n\n\n",
        "return use(unknown)",
    ),
    "returned-object": lambda s: _program(
        s,
        f"class Box:\n    def go(self):\n        return {s.call}  # HERE\n\n\n"
        "def make():\n    return Box()\n\n\n",
        "return make().go()",
    ),
    "context-manager": lambda s: _program(
        s,
        "from contextlib import contextmanager\n\n\n@contextmanager\ndef span():\n"
        f"    yield {s.call}  # HERE\n\n\n",
        "with span() as value:\n    return value",
    ),
    "context-class": lambda s: _program(
        s,
        f"class Span:\n    def __enter__(self):\n        return {s.call}  # HERE\n\n"
        "    def __exit__(self, *args):\n        return None\n\n\n",
        "with Span() as value:\n    return value",
    ),
    "exit-method": lambda s: _program(
        s,
        "class Span:\n    def __enter__(self):\n        return self\n\n"
        f"    def __exit__(self, *args):\n        {s.call}  # HERE\n\n\n",
        "with Span():\n    return 1",
    ),
    "dispatch-dict": lambda s: _program(
        s,
        f"HANDLERS = {{'a': {s.name}}}\n\n\n",
        f"return HANDLERS['a']({s.arguments})  # HERE",
    ),
    "dispatch-by-variable": lambda s: _program(
        s,
        _HELPER.format(call=s.call) + "HANDLERS = {'a': helper, 'b': print}\n\n\n",
        "key = 'a' if flag else 'b'\nreturn HANDLERS.get(key)()",
    ),
    "registered-handler": lambda s: _program(
        s,
        "HANDLERS = {}\n\n\ndef register(name):\n    def add(f):\n        HANDLERS[name] = f\n"
        "        return f\n    return add\n\n\n@register('a')\n" + _HELPER.format(call=s.call),
        "return HANDLERS['a']()",
    ),
    "nested-function": lambda s: _program(
        s, "", f"def inner():\n    return {s.call}  # HERE\nreturn inner()"
    ),
    "walrus": lambda s: _program(s, "", f"if (value := {s.call}):  # HERE\n    return value"),
    "conditional-import": lambda s: _plain(
        f"try:\n    {_from(s, 'f')}\nexcept ImportError:\n    f = None\n",
        "",
        f"return f{s.rest}({s.arguments})  # HERE",
    ),
    "f-string": lambda s: _program(
        s,
        "",
        f"return f'{{{s.call!s}}}'  # HERE".replace('"', "`")
        if '"' not in s.call
        else f"return str({s.call})  # HERE",
    ),
    "match": lambda s: _program(
        s,
        "",
        f"match {s.call}:  # HERE\n    case 1:\n        return 1\n    case _:\n        return 2",
    ),
    "keyword-argument": lambda s: _program(s, "", f"return dict(value={s.call})  # HERE"),
    "ternary": lambda s: _program(s, "", f"return {s.call} if flag else 0  # HERE"),
    "getattr": lambda s: _program(
        s,
        f"holder = {s.name.rpartition('.')[0]}\n\n\n",
        f"return getattr(holder, {s.name.rpartition('.')[2]!r})({s.arguments})  # HERE",
    ),
    "import-module": lambda s: _plain(
        "import importlib",
        "",
        f"m = importlib.import_module({s.module!r})\nreturn m.{s.function}({s.arguments})  # HERE",
    ),
    "tuple-unpacking": lambda s: _program(
        s, f"first, second = {s.name}, print\n\n\n", f"return first({s.arguments})  # HERE"
    ),
    "try-except": lambda s: _program(
        s, "", f"try:\n    return 1\nexcept ValueError:\n    return {s.call}  # HERE"
    ),
    "starred-arguments": lambda s: _program(
        s,
        _HELPER.format(call=s.call) + "def pass_on(f, *args):\n    return f(*args)\n\n\n",
        "return pass_on(helper)",
    ),
    "recursion": lambda s: _program(
        s,
        f"def even(n):\n    return odd(n - 1) if n else {s.call}  # HERE\n\n\n"
        "def odd(n):\n    return even(n - 1)\n\n\n",
        "return odd(3)",
    ),
    "dunder-str": lambda s: _in_class(s, "def __str__(self):", "return f'{Box()}'"),
    "dunder-iter": lambda s: _program(
        s,
        f"class Box:\n    def __iter__(self):\n        yield {s.call}  # HERE\n\n\n",
        "for item in Box():\n    return item",
    ),
    "dunder-add": lambda s: _in_class(s, "def __add__(self, other):", "return Box() + 1"),
    "dunder-getitem": lambda s: _in_class(s, "def __getitem__(self, key):", "return Box()[1]"),
    "module-instance": lambda s: _program(
        s,
        "from tools import box\n\n\n",
        "return box.go()",
        tools=f"class Box:\n    def go(self):\n        return {s.call}  # HERE\n\n\nbox = Box()\n",
    ),
    "abstract-method": lambda s: _program(
        s,
        "from abc import ABC, abstractmethod\n\n\nclass Port(ABC):\n    @abstractmethod\n"
        "    def go(self): ...\n\n\nclass Box(Port):\n    def go(self):\n"
        f"        return {s.call}  # HERE\n\n\ndef use(port: Port):\n    return port.go()\n\n\n",
        "return use(unknown)",
    ),
    "cached": lambda s: _program(
        s,
        "import functools\n\n\n@functools.lru_cache(maxsize=None)\n" + _HELPER.format(call=s.call),
        "return helper()",
    ),
    "default-argument": lambda s: _program(
        s,
        f"def helper(maker={s.name}):\n    return maker({s.arguments})  # HERE\n\n\n",
        "return helper()",
    ),
    "global-list": lambda s: _program(
        s,
        f"HOOKS = []\nHOOKS.append({s.name})\n\n\n",
        f"for hook in HOOKS:\n    hook({s.arguments})  # HERE",
    ),
}
