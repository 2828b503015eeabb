"""What every page has to stand: axe in both themes, no sideways scroll, nothing cut off, large targets."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.browser.desk import HIDDEN_BADGES, RULES

#: pixels: where nothing may scroll sideways, where axe looks, and where thumbs press
WIDTHS: Final = (1280, 768, 390, 360)
AXE_WIDTHS: Final = (1280, 390)
THUMB_WIDTH: Final = 390
THEMES: Final = ("light", "dark")
#: the rules that look at colours: all that can differ between the themes
COLOURS: Final = ("color-contrast", "link-in-text-block")
AXE: Final = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8") + ";0"
LOOK: Final = """
async rules => {
  const how = { runOnly: rules, resultTypes: ['violations'], preload: false };
  const { passes, violations } = await axe.run(document, how);
  if (!passes.length) return [['axe', 'has not looked']];
  return violations.flatMap(one => one.nodes.slice(0, 3).map(node => [one.id, node.html.slice(0, 160)]));
}
"""
#: of rows that are made alike two remain: axe takes seconds for what it has seen already
FEW: Final = """() => {
  const shape = one => [one, ...one.querySelectorAll('*')].map(e => e.tagName + e.className).join();
  for (const list of document.querySelectorAll('main :is(ul, ol, dl, tbody, select)')) {
    if (list.children.length < 6) continue;
    const seen = {};
    for (const one of [...list.children]) {
      const key = shape(one);
      seen[key] = (seen[key] ?? 0) + 1;
      if (seen[key] > 2) one.remove();
    }
  }
}"""
#: what a thumb has to hit and is too small for it
SMALL: Final = """
[...document.querySelectorAll('button, .button, .chip, .tabs a, .bottom a, .on, .on-clear, .check, .choice, '
    + 'summary, select, input:not([type=checkbox], [type=radio], [type=hidden])')]
  .filter(e => { const r = e.getBoundingClientRect();
    return r.width && r.height < 43.5 && !e.closest('.explain, .skip, .sr') && e.checkVisibility() })
  .map(e => e.outerHTML.slice(0, 120))
"""
#: what can be pressed, or is a ticket's name and promise, and lies in sight under a toast; the name in the
#: top bar is no button
UNDER_TOASTS: Final = """
[...document.querySelectorAll('button, a.button, .bottom a, .tabs a, .chip, summary, input, select, '
    + 'textarea, .ticket-due, .ticket-title h1 > span')].filter(e => {
  const r = e.getBoundingClientRect().toJSON();
  const around = e.closest('.ticket-side, .talk')?.getBoundingClientRect();
  if (around) { r.top = Math.max(r.top, around.top); r.bottom = Math.min(r.bottom, around.bottom); }
  if (r.top >= r.bottom) return false;
  if (!r.width || !e.checkVisibility() || e.closest('.toast')) return false;
  return [...document.querySelectorAll('.toast')].some(one => {
    const t = one.getBoundingClientRect();
    return t.height && r.left < t.right && r.right > t.left && r.top < t.bottom && r.bottom > t.top });
}).map(e => e.outerHTML.slice(0, 120))
"""
#: the longest sentence that is said after something was saved
LONG_SAID: Final = "Saved. It holds for clocks that start from now on; those that run already warn as before."
#: waits until the page is seen as it stands
PAINTED: Final = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
FOLDS: Final = "document.querySelectorAll('main details').forEach(one => { one.open = true })"
GROUND: Final = "getComputedStyle(document.body).backgroundColor"

Fault = tuple[Any, ...]


def faults(page: Page, *, widths: tuple[int, ...] = WIDTHS, shot: Path | None = None) -> list[Fault]:
    """What is wrong with the page as it stands, at every width and in both themes; it is not loaded again.

    Whoever looks follows the device's theme. ``shot``: how the names of pictures of it begin. Some rows of
    long lists are gone afterwards.
    """
    found: list[Fault] = []
    for width in widths:
        _turn(page, width)
        found += _of_layout(page, width)
        if shot and width in AXE_WIDTHS:
            _shoot(page, shot, width)
    page.evaluate(AXE)
    page.evaluate(FEW)
    for width in widths:
        if width in AXE_WIDTHS:
            _turn(page, width)
            found += _of_themes(page, width)
    return found


def _turn(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800 if width > 900 else 844})


def _of_layout(page: Page, width: int) -> list[Fault]:
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found: list[Fault] = [(width, "scrolls sideways by", over)] if over > 0 else []
    found += [(width, "is cut off", one) for one in page.evaluate(HIDDEN_BADGES)]
    if width == THUMB_WIDTH:
        found += [(width, "is too small", one) for one in page.evaluate(SMALL)]
    return found


def _of_themes(page: Page, width: int) -> list[Fault]:
    """Every rule by daylight, those of colours at night too."""
    page.emulate_media(color_scheme="light")
    light = page.evaluate(GROUND)
    found: list[Fault] = [(width, "light", *one) for one in page.evaluate(LOOK, RULES)]
    page.emulate_media(color_scheme="dark")
    found += [(width, "dark", *one) for one in page.evaluate(LOOK, COLOURS)]
    if page.evaluate(GROUND) == light:
        found.append((width, "looks the same by day and by night"))
    return found


def _shoot(page: Page, shot: Path, width: int) -> None:
    shot.parent.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=shot.with_name(f"{shot.name}-{theme}-{width}.png"))
