from dbos import DBOS


@DBOS.workflow()
def process(user: str) -> str:  # flags: DBS814
    return user


class Admin:
    @staticmethod
    @DBOS.workflow()
    def process(user: str) -> str:
        return user


@DBOS.workflow(name="refund")
def refund(user: str) -> str:  # flags: DBS814
    return user
