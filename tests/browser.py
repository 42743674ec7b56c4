"""A real Chromium on a real server, for page tests: `browser`, `live` (the application, served) and `visit`.

Without a browser page tests are skipped with one loud line; under CI=1 they fail.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"fa": "fa-IR", "en": "en-GB"}
WIDTHS = {"phone": (390, 844), "desktop": (1280, 900)}
FONTS = "document.fonts.ready.then(() => null)"
MISSING = "NO BROWSER: page tests were skipped. Install chromium to run them."


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if any(MISSING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"!!! {MISSING}", red=True, bold=True)


@contextmanager
def serving(app: Flask, host: str = "127.0.0.1") -> Iterator[str]:
    """An application on a free port for as long as the block runs; gives its origin."""
    server = make_server(host, 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The origin of the application, served."""
    with serving(app) as origin:
        yield origin


class Visit:
    """A page in a fresh browser profile, and everything on it that should not be."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))

    def open(self, url: str) -> Page:
        """Go there and wait until the page and its fonts have come."""
        self.page.goto(url)
        self.page.evaluate(FONTS)
        return self.page

    def must_be_sound(self) -> None:
        """Nothing complains, nothing is wider than the page, no finger misses, nothing comes from elsewhere."""
        assert self.complaints == []
        assert self.hosts <= {"127.0.0.1", "localhost"}, "a request left the machine"
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0, f"the page is {wider} px wider than the screen"
        assert self.page.evaluate(SMALL_TARGETS) == []


def follow(link: Locator) -> None:
    """Click what leads to another page, and wait until that page and its fonts have come.

    A bare click comes back while the old page still stands, and what is looked at next may be either.
    """
    with link.page.expect_navigation():
        link.click()
    link.page.evaluate(FONTS)


SMALL_TARGETS = """() => {
  const small = [];
  const look = (root) => {
    for (const node of root.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')) {
      const box = node.getBoundingClientRect();
      const inText = node.closest('p, li, dd, td, th') && node.matches('a')
        && getComputedStyle(node).display === 'inline';
      const shown = node.checkVisibility({ visibilityProperty: true }) && !node.closest('.visually-hidden')
        && !node.classList.contains('visually-hidden');
      if (shown && !inText && (box.height < 43.5 || box.width < 43.5)) {
        small.push(`${node.outerHTML.slice(0, 90)} is ${Math.round(box.width)} × ${Math.round(box.height)}`);
      }
    }
    for (const host of root.querySelectorAll('*')) if (host.shadowRoot) look(host.shadowRoot);
  };
  look(document);
  return small;
}"""


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens a browser profile: `visit('fa', 'dark', 'phone')`."""
    contexts: list[BrowserContext] = []

    def opened(lang: str = "fa", scheme: str = "light", device: str = "phone") -> Visit:
        width, height = WIDTHS[device]
        context = browser.new_context(
            locale=LOCALES[lang],
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            service_workers="block",
        )
        contexts.append(context)
        return Visit(context)

    yield opened
    for context in contexts:
        context.close()
