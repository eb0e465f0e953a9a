import os
import threading
from datetime import datetime, timedelta

import requests
from bs4 import BeautifulSoup
from dbos import DBOS, DBOSConfig

from state import ScrapeStatus, seen_urls

config: DBOSConfig = {"name": "scraper", "database_url": os.environ.get("DBOS_DATABASE_URL")}
DBOS(config=config)

HEADERS = {"User-Agent": "scraper/1.0"}
INTERVAL = int(os.getenv("INTERVAL", "3600"))


@DBOS.step(retries_allowed=True)
def fetch_page(url: str) -> str:
    return requests.get(url, headers=HEADERS, timeout=10).text


def extract(html: str) -> list[str]:
    soup = BeautifulSoup(html, "html.parser")
    return [a["href"] for a in soup.find_all("a", href=True) if a["href"].startswith("http")]


def robots_allow(url: str) -> bool:
    response = requests.get(url.rstrip("/") + "/robots.txt", timeout=5)  # flags: DBS201
    return "Disallow: /" not in response.text


@DBOS.transaction()
def save_links(page: str, links: list[str]) -> None:
    for link in links:
        DBOS.sql_session.execute(
            "INSERT INTO links (page, link) VALUES (:page, :link)", {"page": page, "link": link}
        )


@DBOS.scheduled("*/15 * * * *")
@DBOS.workflow()
def scrape(scheduled_time: datetime, actual_time: datetime) -> None:
    status = ScrapeStatus("hacker-news")  # flags: DBS006
    url = "https://news.ycombinator.com"
    if not robots_allow(url):
        return
    html = fetch_page(url)
    fresh = [link for link in extract(html) if link not in seen_urls]  # maybe: DBS603
    for link in fresh:
        seen_urls.add(link)  # flags: DBS602
    save_links(url, fresh)
    status.finish(len(fresh))
    if actual_time - scheduled_time > timedelta(minutes=5):
        DBOS.logger.warning("late by %s", actual_time - scheduled_time)
    if INTERVAL > 3600:  # flags: DBS302
        DBOS.sleep(60)


if __name__ == "__main__":
    DBOS.launch()
    threading.Event().wait()
