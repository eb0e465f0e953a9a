from dbos import DBOS

from services import transfers


@DBOS.dbos_class()
class Payroll:
    batch_size = 50

    @staticmethod
    @DBOS.workflow()
    def run(accounts: list[str], amount: int) -> list[str]:
        results = []
        for account in accounts:
            results.append(transfers.transfer(account, amount))
        return results

    @classmethod
    @DBOS.workflow()
    def batches(cls, accounts: list[str], amount: int) -> int:
        done = 0
        for start in range(0, len(accounts), cls.batch_size):
            handle = DBOS.start_workflow(Payroll.run, accounts[start : start + cls.batch_size], amount)
            done += len(handle.get_result())
        return done

    @DBOS.workflow()
    def report(self, month: str) -> str:  # flags: DBS815
        return month
