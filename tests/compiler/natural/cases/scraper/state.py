from dataclasses import dataclass, field
from datetime import datetime

seen_urls: set[str] = set()


@dataclass
class ScrapeStatus:
    source: str
    started_at: datetime = field(default_factory=datetime.utcnow)
    finished_at: datetime | None = None
    count: int = 0

    def finish(self, count: int) -> None:
        self.finished_at = datetime.utcnow()  # flags: DBS001
        self.count = count
