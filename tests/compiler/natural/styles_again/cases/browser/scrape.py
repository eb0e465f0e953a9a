from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import feedparser
from bs4 import BeautifulSoup
from dbos import DBOS, Queue
from playwright.sync_api import Page, sync_playwright
from selenium import webdriver

pages = Queue("pages", limiter={"limit": 10, "period": 1.0})
SEEN: set[str] = set()


class Crawler:
    def __init__(self, base: str) -> None:
        self.base = base
        self.robots = RobotFileParser(urljoin(base, "/robots.txt"))

    def allowed(self, url: str) -> bool:
        self.robots.read()  # flags: DBS201
        return self.robots.can_fetch("bot", url)

    def links(self, html: str) -> Iterator[str]:
        soup = BeautifulSoup(html, "html.parser")
        for anchor in soup.find_all("a", href=re.compile("^/")):
            yield urljoin(self.base, anchor["href"])


def title(page: Page, url: str) -> str:
    page.goto(url)
    return page.title()


@DBOS.step()
def fetch(url: str) -> str:
    with sync_playwright() as playwright:
        page = playwright.chromium.launch().new_page()
        return title(page, url)


@DBOS.workflow()
def crawl(base: str, html: str) -> list[str]:
    found = sorted(set(Crawler(base).links(html)))
    return [pages.enqueue(visit, url).get_result() for url in found]


@DBOS.workflow()
def visit(url: str) -> str:
    if urlsplit(url).netloc == "":
        return ""
    return fetch(url)


@DBOS.workflow()
def crawl_once(base: str, url: str) -> str:
    if url in SEEN or not Crawler(base).allowed(url):  # maybe: DBS603
        return ""
    SEEN.add(url)  # flags: DBS602
    driver = webdriver.Firefox()  # flags: DBS201
    driver.get(url)  # flags: DBS202
    return driver.title  # maybe: DBS202


@DBOS.workflow()
def read_feed(url: str) -> list[str]:
    feed = feedparser.parse(url)  # flags: DBS201
    with ThreadPoolExecutor(4) as pool:  # flags: DBS401
        return list(pool.map(fetch, [entry.link for entry in feed.entries]))  # maybe: DBS401
