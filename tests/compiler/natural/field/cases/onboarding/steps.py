from dataclasses import dataclass
from typing import Generic, TypeVar

from dbos import DBOS

T = TypeVar("T")


@dataclass
class Result(Generic[T]):
    value: T | None = None
    error: str | None = None

    def unwrap(self) -> T:
        if self.error is not None:
            raise RuntimeError(self.error)
        assert self.value is not None
        return self.value


class Task(Generic[T]):
    name: str = "task"

    def execute(self, user: str) -> Result[T]:
        raise NotImplementedError

    def __call__(self, user: str) -> T:
        return self.execute(user).unwrap()


class CreateAccount(Task[str]):
    name = "account"

    @staticmethod
    @DBOS.step(name="create-account")
    def create(user: str) -> str:
        return user

    def execute(self, user: str) -> Result[str]:
        return Result(self.create(user))


class SendLetter(Task[bool]):
    name = "letter"

    def execute(self, user: str) -> Result[bool]:
        with open(f"/letters/{user}.txt", "w") as letter:  # flags: DBS203
            letter.write("welcome")
        return Result(True)


PLAN: list[Task] = [CreateAccount(), SendLetter()]


@DBOS.workflow()
def onboard(user: str) -> list[str]:
    done = []
    for task in PLAN:
        task(user)
        done.append(task.name)
    return done
