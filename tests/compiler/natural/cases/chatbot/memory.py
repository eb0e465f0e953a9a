from collections import deque


class ConversationMemory:
    def __init__(self, size: int = 20) -> None:
        self._messages: dict[str, deque[str]] = {}
        self._size = size

    def recent(self, user: str) -> list[str]:
        return list(self._messages.get(user, ()))  # maybe: DBS603

    def remember(self, user: str, question: str, reply: str) -> None:
        queue = self._messages.setdefault(user, deque(maxlen=self._size))  # flags: DBS602
        queue.append(question)  # maybe: DBS602
        queue.append(reply)  # maybe: DBS602
