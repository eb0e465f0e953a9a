from dbos import DBOS, Queue, SetWorkflowID, SetWorkflowTimeout

mails = Queue("mails", concurrency=2)


@DBOS.step()
def render(name: str) -> str:
    return name


@DBOS.step()
def notify(name: str) -> str:
    DBOS.sleep(5)  # flags: DBS803
    return render(name)


@DBOS.workflow()
def mail(name: str) -> str:
    return notify(name)


@DBOS.transaction()
def register(name: str) -> str:
    DBOS.start_workflow(mail, name)  # flags: DBS802
    return DBOS.sql_session.execute("select 1").scalar()


@DBOS.workflow()
def signup(name: str, times: int = 1) -> str:
    number = register(name)
    with SetWorkflowTimeout(30):
        handle = mails.enqueue(mail, name, times)  # flags: DBS821
    return number + handle.get_result()


@DBOS.workflow()
def signups(names: list[str]) -> list[str]:
    handles = []
    for name in names:
        with SetWorkflowID("signup"):  # flags: DBS823
            handles.append(DBOS.start_workflow(signup, name))
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def waits(name: str) -> str:
    try:
        return DBOS.recv("go", timeout=5)  # flags: DBS821
    except:  # flags: DBS819
        return "none"


def endpoint(name: str) -> str:
    DBOS.set_event("seen", name)  # flags: DBS804
    return DBOS.start_workflow("signup", name).workflow_id  # flags: DBS820
