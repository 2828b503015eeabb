"""What a page opens over itself - menus, sheets, dialogs - stands what pages stand: axe, room, thumbs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import RULES, Staff, live
from tests.browser.looks import AXE, COLOURS, SMALL

pytestmark = pytest.mark.browser

WIDE, PHONE = 1280, 390
CELLS: Final = (("zh", "light", WIDE), ("zh", "light", PHONE), ("en", "dark", WIDE), ("en", "dark", PHONE))
#: what axe finds in one opened part, without what lies beneath it
LOOK_AT: Final = """
async (part, rules) => {
  const how = { runOnly: rules, resultTypes: ['violations'], preload: false };
  const { passes, violations } = await axe.run(part, how);
  if (!passes.length) return [['axe', 'has not looked']];
  return violations.flatMap(one => one.nodes.slice(0, 3).map(node => [one.id, node.html.slice(0, 160)]));
}
"""
#: axe knows nothing of what stands above all else: what an opened part covers would count as lying over it
ALONE: Final = """(part, is) => {
  document.body.style.visibility = is ? 'hidden' : '';
  part.style.visibility = is ? 'visible' : '';
}"""
#: whether it lies within the window, and nothing in it is cut off at its side
FITS: Final = """part => {
  const { width, left, right, top, bottom } = part.getBoundingClientRect();
  return width > 0 && left >= -1 && right <= innerWidth + 1 && top >= -1 && bottom <= innerHeight + 1
    && part.scrollWidth <= part.clientWidth + 1;
}"""
INSIDE: Final = f"part => {SMALL.strip()}".replace("document.querySelectorAll", "part.querySelectorAll")


class Looker:
    """Looks at one opened part after another in one window."""

    def __init__(self, page: Page, name: str, rules: Sequence[str], shots: str) -> None:
        self.page, self.name, self.rules, self.shots = page, name, rules, shots
        self.found: list[tuple[Any, ...]] = []
        self.seen: list[str] = []

    def look(self, what: str, part: Locator) -> None:
        expect(part).to_be_visible()
        self.seen.append(what)
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        part.evaluate(ALONE, True)
        self.found += [(what, *one) for one in part.evaluate(LOOK_AT, self.rules)]
        part.evaluate(ALONE, False)
        if not part.evaluate(FITS):
            self.found.append((what, "does not fit", part.bounding_box()))
        if self.page.viewport_size and self.page.viewport_size["width"] == PHONE:
            self.found += [(what, "is too small", one) for one in part.evaluate(INSIDE)]
        if self.shots:
            self.page.screenshot(path=Path(self.shots) / f"opened-{what}-{self.name}.png")

    def popovers(self, *names: str) -> None:
        """Every menu of the page that a visible button opens."""
        for name in names:
            self.page.locator(f"[popovertarget={name}]:visible").first.click()
            self.look(name, self.page.locator(f"#{name}"))
            self.page.keyboard.press("Escape")


@pytest.fixture
def number(colleague: Staff) -> int:
    """A repair that can be planned, given away, joined, split and called off."""
    body = {"item": "common.voice.repair-intake", "channel": "phone", "words": "龙头漏水", "resident_id": 1}
    made = [int(colleague.http.post("/api/tickets", json=body).raise_for_status().json()["number"])
            for _ in range(2)]  # fmt: skip
    colleague.act(made[0], "accept")
    return made[0]


def of_the_frame(look: Looker, width: int) -> None:
    """The menus of every page, and the list of its shortcuts."""
    page = look.page
    if width == PHONE:
        look.popovers("more-menu")
    else:
        look.popovers("pages-menu", "demo-menu", "user-menu")
        page.locator(".bell").click()
        expect(page.locator("#bell-panel li, #bell-panel .menu-item").first).to_be_visible()
        look.look("bell-panel", page.locator("#bell-panel"))
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        look.look("help", page.locator("#help"))
        page.keyboard.press("Escape")


def dialogs_of(look: Looker, number: int) -> None:
    """Every form that the page of a ticket opens, of its bar and behind "More"."""
    page = look.page
    page.goto(f"/tickets/{number}")
    live(page)
    look.popovers("more-actions")
    openers = page.locator(".actions [data-opens]")
    keys = [one.get_attribute("data-opens") or "" for one in openers.all()]
    for key in keys:
        opener = page.locator(f".actions [data-opens={key}]")
        if not opener.is_visible():
            page.locator("[popovertarget=more-actions]").click()
        opener.click()
        look.look(key, page.locator(f"#ticket-dialogs dialog#{key}"))
        page.keyboard.press("Escape")
        expect(page.locator("#ticket-dialogs dialog[open]")).to_have_count(0)


def sheets_of(look: Looker) -> None:
    """What is done to several rows of the queue at once; a phone ticks none."""
    page = look.page
    for box in page.locator("#rows [data-pick]").all()[:2]:
        box.check()
    for action in ("pass_on", "assign", "set_aside", "note", "merge"):
        page.locator(f"[data-bulk={action}]").click()
        look.look(f"bulk-{action}", page.locator("#bulk-sheet"))
        page.locator("#bulk-sheet [data-bulk-close]").first.click()


def plan_of(look: Looker) -> None:
    """The form that plans a visit, over the calendar."""
    page = look.page
    page.goto("/visits")
    live(page)
    page.locator("#waiting [data-move]").first.click()
    expect(page.locator("#plan-form")).to_be_visible()
    look.look("plan", page.locator("#plan-dialog"))


@pytest.mark.parametrize(("language", "theme", "width"), CELLS)
def test_every_menu_sheet_and_dialog_is_accessible_and_fits_its_window(
    room: Any, number: int, language: str, theme: str, width: int, request: pytest.FixtureRequest
) -> None:
    page = room(width, language, theme)
    live(page)
    rules = RULES if theme == "light" else COLOURS  # nothing else can differ by night
    shots = request.config.getoption("--shots")
    look = Looker(page, f"{language}-{theme}-{width}", rules, shots)
    of_the_frame(look, width)
    if width == WIDE:
        sheets_of(look)
    dialogs_of(look, number)
    plan_of(look)
    assert {"more-actions", "dialog-assign", "dialog-cancel", "plan"} <= set(look.seen), look.seen
    assert look.found == []
