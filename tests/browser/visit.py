"""One visit of the page: what a person does on it, and what went wrong on it unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page, Request

_ASSESSMENTS = "/api/v1/assessments"
_REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`violates ${event.effectiveDirective}: ${event.blockedURI}`));"""


class Visit:
    """A page in a browser of its own, and the faults that no test asks for: errors, violations, foreign requests."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.faults: list[str] = []
        self.requests: list[str] = []
        page.add_init_script(_REPORT_VIOLATIONS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("request", self._requested)

    def open(self) -> None:
        """Load the page, up to its form."""
        self.page.goto(self.address)
        self.page.get_by_role("button", name="Assess", exact=True).wait_for()

    @property
    def report(self) -> Locator:
        return self.page.locator("#report")

    @property
    def triage(self) -> Locator:
        return self.report.locator(".triage")

    @property
    def search(self) -> Locator:
        return self.page.get_by_role("combobox", name="Search findings")

    @property
    def age(self) -> Locator:
        return self.page.get_by_role("textbox", name="Age years")

    def card(self, finding: str) -> Locator:
        """The card of a finding, by its label."""
        return self.page.get_by_role("article", name=finding, exact=True)

    def assess(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Send the form: the case that went out, and the answer to it."""
        return self.assess_by(self.page.get_by_role("button", name="Assess", exact=True).click)

    def assess_example(self, title: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Try one of the offered examples: the case that went out, and the answer to it."""
        return self.assess_by(self.page.get_by_role("button", name=title, exact=True).click)

    def assess_by(self, act: Callable[[], None]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Do what has the case assessed, and wait until the report shows the answer."""
        with self.page.expect_response(lambda answer: urlsplit(answer.url).path == _ASSESSMENTS) as answered:
            act()
        response = answered.value
        case, answer = response.request.post_data_json, response.json()
        self.page.locator("#report:not([aria-busy])").wait_for()
        return case, answer

    def add(self, words: str) -> None:
        """Search for a finding and take the first match, by keyboard."""
        self.search.fill(words)
        self.search.press("Enter")

    def unfold(self) -> None:
        """Open every part that is folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused case is an answer like any other; that the browser notes each 4xx cannot be prevented.
        refused = "status of 422" in message.text and urlsplit(message.location["url"]).path == _ASSESSMENTS
        if message.type in ("error", "warning") and not refused:
            self.faults.append(f"{message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)
        if f"{urlsplit(request.url).scheme}://{urlsplit(request.url).netloc}" != self.address:
            self.faults.append(f"asks elsewhere: {request.url}")
