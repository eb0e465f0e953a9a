import gc
import inspect
import sys
import traceback
import weakref

from dbos import DBOS


class Thing:
    pass


@DBOS.step()
def step(value: str) -> str:
    return value


@DBOS.workflow()
def collected() -> str:
    thing = Thing()
    ref = weakref.ref(thing)
    del thing
    if ref() is None:  # flags: DBS304
        step("gone")
    return step(str(gc.get_count()))  # flags: DBS304


@DBOS.workflow()
def described(value: str) -> str:
    try:
        return step(value)
    except ValueError:
        return step(traceback.format_exc())  # flags: DBS304


@DBOS.workflow()
def signature() -> str:
    names = list(inspect.signature(step).parameters)
    return step(",".join(names) + str(sys.maxsize))


@DBOS.workflow()
def caller() -> str:
    return step(sys._getframe().f_code.co_name)  # flags: DBS304
