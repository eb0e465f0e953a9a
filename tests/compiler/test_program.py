"""What a program declares, through every spelling of the decorators, and what it refers to."""

from __future__ import annotations

import pytest

from dbos_build.names.symbols import Function
from support.analysis import analyse, findings

BODY = "def checkout(name):\n    return name\n"

SPELLINGS = {
    "plain": f"from dbos import DBOS\n\n@DBOS.workflow()\n{BODY}",
    "alias": f"from dbos import DBOS as D\n\n@D.workflow()\n{BODY}",
    "module": f"import dbos\n\n@dbos.DBOS.workflow()\n{BODY}",
    "module-alias": f"import dbos as d\n\n@d.DBOS.workflow()\n{BODY}",
    "instance": f"from dbos import DBOS\napp = DBOS(config={{}})\n\n@app.workflow()\n{BODY}",
    "variable": f"from dbos import DBOS\ndurable = DBOS.workflow()\n\n@durable\n{BODY}",
    "conditional": f"try:\n    from dbos import DBOS\nexcept ImportError:\n    DBOS = None\n\n"
    f"@DBOS.workflow()\n{BODY}",
    "call-form": f"from dbos import DBOS\n\n{BODY}\ncheckout = DBOS.workflow()(checkout)\n",
    "call-form-statement": f"from dbos import DBOS\n\n{BODY}\nDBOS.workflow()(checkout)\n",
    "helper": "from dbos import DBOS\n\ndef durable(f):\n    return DBOS.workflow()(f)\n\n"
    f"@durable\n{BODY}",
    "helper-with-arguments": "from dbos import DBOS\n\ndef durable(**options):\n"
    "    def decorate(f):\n        return DBOS.workflow(**options)(f)\n    return decorate\n\n"
    f"@durable(name='checkout')\n{BODY}",
    "without-parentheses": f"from dbos import DBOS\n\n@DBOS.workflow\n{BODY}",
    "below-another": "import functools\nfrom dbos import DBOS\n\ndef traced(f):\n"
    "    @functools.wraps(f)\n    def wrapper(*args):\n        return f(*args)\n"
    f"    return wrapper\n\n@DBOS.workflow()\n@traced\n{BODY}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_workflow_is_found(spelling: str) -> None:
    program = analyse(SPELLINGS[spelling])
    assert [(each.name, each.qualname) for each in program.workflows] == [("checkout", "checkout")]


def test_a_decorator_of_another_module_is_found() -> None:
    program = analyse(
        {
            "shop/__init__.py": "",
            "shop/app.py": "from dbos import DBOS\napp = DBOS(config={})\n",
            "shop/flow.py": f"from .app import app\n\n@app.workflow()\n{BODY}",
        }
    )
    assert [(each.name, each.module) for each in program.workflows] == [("checkout", "shop.flow")]


def test_everything_a_program_declares() -> None:
    program = analyse(
        "from dbos import DBOS, DBOSConfiguredInstance, Queue\n\n"
        "orders = Queue('orders', 5, worker_concurrency=2)\nlimit = int('3')\n"
        "mails = Queue('mails', concurrency=limit)\n\n"
        "@DBOS.step(name='charge', retries_allowed=True)\ndef pay():\n    return 1\n\n"
        "@DBOS.transaction()\ndef store():\n    return 1\n\n"
        "@DBOS.scheduled('0 2 * * *')\n@DBOS.workflow()\ndef nightly(scheduled, actual):\n"
        "    pay()\n\n"
        "@DBOS.dbos_class()\nclass Shop(DBOSConfiguredInstance):\n"
        "    @DBOS.workflow()\n    def sell(self):\n        return store()\n"
    )
    assert [each.name for each in program.workflows] == ["Shop.sell", "nightly"]
    assert [(each.name, each.qualname) for each in program.steps] == [("charge", "pay")]
    assert program.steps[0].options == {"name": "charge", "retries_allowed": True}
    assert [each.name for each in program.transactions] == ["store"]
    assert [each.name for each in program.classes] == ["Shop"]
    assert [(each.workflow, each.cron) for each in program.schedules] == [("nightly", "0 2 * * *")]
    assert [(each.name, each.options) for each in program.queues] == [
        ("mails", None),
        ("orders", {"concurrency": 5, "worker_concurrency": 2}),
    ]


def test_what_looks_like_a_decorator_is_none() -> None:
    program = analyse(
        "class DBOS:\n    @staticmethod\n    def workflow():\n        return lambda f: f\n\n"
        f"@DBOS.workflow()\n{BODY}\n# dbos\n"
    )
    assert program.workflows == ()


def test_references_name_helpers_constants_and_operations() -> None:
    program = analyse(
        "import json\nfrom dbos import DBOS\n\nLIMIT = 3\n\n"
        "@DBOS.step()\ndef pay(n):\n    return n\n\n"
        "def helper(n):\n    return json.dumps(n + LIMIT)\n\n"
        "@DBOS.workflow()\ndef checkout(n, call):\n    pay(n)\n    return helper(n)\n"
    )
    (workflow,) = program.workflows
    assert isinstance(workflow.entity, Function)
    found = program.references(workflow.entity)
    assert [each.qualname for each in found.first_party] == ["helper"]
    assert ("step", "pay") in {(each.kind, each.name) for each in found.boundaries}
    assert not found.unresolved
    inner = program.references(found.first_party[0])
    assert [each.qualname for each in inner.first_party] == ["LIMIT"]
    assert "json.dumps" in inner.externals


def test_a_computed_call_leaves_references_unresolved() -> None:
    program = analyse(
        "from dbos import DBOS\n\n@DBOS.workflow()\ndef checkout(call):\n    return call()\n"
    )
    (workflow,) = program.workflows
    assert isinstance(workflow.entity, Function)
    assert program.references(workflow.entity).unresolved


def test_the_chain_leads_from_the_workflow_to_the_call() -> None:
    (finding,) = findings(
        {
            "main.py": "from dbos import DBOS\nfrom tools import stamp\n\n"
            "@DBOS.workflow()\ndef checkout():\n    return stamp()\n",
            "tools.py": "import time\n\ndef stamp():\n    return read()\n\n"
            "def read():\n    return time.time()\n",
        }
    )
    assert (finding.path, finding.line, finding.column) == ("tools.py", 7, 12)
    assert [(link.path, link.line, link.function, link.what) for link in finding.chain] == [
        ("main.py", 6, "checkout", "stamp()"),
        ("tools.py", 4, "stamp", "read()"),
        ("tools.py", 7, "read", "time.time"),
    ]


def test_a_place_is_reported_once_for_all_workflows() -> None:
    (finding,) = findings(
        "import time\nfrom dbos import DBOS\n\ndef now():\n    return time.time()\n\n"
        "@DBOS.workflow()\ndef second():\n    return now()\n\n"
        "@DBOS.workflow()\ndef first():\n    return now()\n"
    )
    assert finding.workflow == "first"
    assert "1 more workflow" in finding.message


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("return time.time()", "error"),
        ("if time.time() > 3:\n        return 1", "error"),
        ("DBOS.set_event('at', time.time())", "error"),
        ("DBOS.logger.info(f'at {time.time()}')", "warning"),
        ("started = time.time()\n    print(started)", "warning"),
        ("started = time.time()\n    print(started)\n    return started", "error"),
    ],
)
def test_severity_follows_the_value(body: str, severity: str) -> None:
    found = findings(
        f"import time\nfrom dbos import DBOS\n\n@DBOS.workflow()\ndef w():\n    {body}\n"
    )
    assert [str(each.severity) for each in found if each.code == "DBS001"] == [severity]
