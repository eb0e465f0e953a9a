from datetime import UTC, datetime, timedelta

from dbos import DBOS, DBOSConfiguredInstance
from jira import JIRA


@DBOS.dbos_class()
class Desk(DBOSConfiguredInstance):
    def __init__(self, name: str, jira: JIRA) -> None:
        self.jira = jira
        self.opened = 0
        self.deadline = timedelta(hours=4)
        super().__init__(config_name=name)

    @DBOS.step()
    def create(self, title: str) -> str:
        return self.jira.create_issue(fields={"summary": title}).key

    def _overdue(self, opened: datetime) -> bool:
        return datetime.now(UTC) - opened > self.deadline  # flags: DBS001

    @DBOS.workflow()
    def handle(self, title: str, opened: datetime) -> str:
        key = self.create(title)
        self.opened += 1  # flags: DBS604
        if self._overdue(opened):
            self.jira.add_comment(key, "overdue")  # flags: DBS202
        return key

    @classmethod
    @DBOS.workflow()
    def close(cls, key: str) -> str:
        return f"closed {key}"
