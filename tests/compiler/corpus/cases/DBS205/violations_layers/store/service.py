"""What the workflows call."""

from store.connection import transaction
from store.repository import Repository, latest


class OrderService:
    def __init__(self, repository_class: type[Repository] = Repository) -> None:
        self.repository_class = repository_class

    def place(self, name: str) -> str:
        with transaction() as connection:
            repository = self.repository_class(connection)
            repository.save({"id": name})
        return name

    @staticmethod
    def newest() -> int:
        return latest()


service = OrderService()
