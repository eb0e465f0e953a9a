"""Names of patches that are written down once."""

from dbos import DBOS

NEW_PRICE = "new-price"


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


class Quilt:
    def patch(self, name: str) -> bool:
        return bool(name)


@DBOS.workflow()
def literal(name: str) -> str:
    if DBOS.patch("literal"):
        return new(name)
    return old(name)


@DBOS.workflow()
def constant(name: str) -> str:
    return new(name) if DBOS.patch(NEW_PRICE) else old(name)


@DBOS.workflow()
def two_patches(name: str) -> str:
    name = new(name) if DBOS.patch("one") else old(name)
    return new(name) if DBOS.patch("two") else old(name)


@DBOS.workflow()
def other_workflow_same_patch(name: str) -> str:
    if DBOS.patch("literal"):
        return new(name)
    return old(name)


@DBOS.workflow()
def own_patch(name: str, number: int) -> str:
    if Quilt().patch(f"p{number}"):
        return new(name)
    return old(name)


@DBOS.workflow()
def deprecated(name: str) -> str:
    DBOS.deprecate_patch("three")
    return new(name)
