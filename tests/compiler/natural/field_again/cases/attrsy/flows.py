from dbos import DBOS

from models import Hit, Page, Visit


@DBOS.step()
def store(text: str) -> None:
    print(text)


@DBOS.workflow()
def visit(path: str) -> float:
    page = Page(path)  # flags: DBS104
    seen = Visit(page.path)  # flags: DBS006
    store(Hit(path, 3).path)
    return seen.at


@DBOS.workflow()
def replayed(path: str, at: float) -> str:
    seen = Visit(path, at)
    page = Page(path, id="1")
    return f"{seen.page}{page.id}"
