"""Style, scripts, templates and borrowed files: what a machine can see of the house rules."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

WEB = Path(__file__).parent.parent.parent / "backend" / "web"
STATIC, TEMPLATES = WEB / "static", WEB / "templates"
ROOT = WEB.parent.parent

#: text token, the tokens it stands on, and the contrast it needs
PAIRS = [
    *(("text", ground, 4.5) for ground in ("bg", "surface", "raised")),
    *(("muted", ground, 4.5) for ground in ("bg", "surface", "raised")),
    *(("accent", ground, 4.5) for ground in ("bg", "surface", "raised")),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    *((state, f"{state}-bg", 4.5) for state in ("ok", "soon", "late", "pause", "done", "info", "warm")),
    ("late", "done-bg", 4.5),
    ("late", "surface", 4.5),
    ("on-mine", "mine", 4.5),
    ("text", "warm-bg", 4.5),
    ("ctrl", "bg", 3.0),
    ("ctrl", "surface", 3.0),
    ("surface", "text", 4.5),
]


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme, from the file that pages load."""
    css = (STATIC / "tokens.css").read_text(encoding="utf-8")
    opening = ":root {" if theme == "light" else '[data-theme="dark"] {'
    block = css.split(opening, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


def brightness(colour: str) -> float:
    def linear(part: int) -> float:
        value = part / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_colours_can_be_read(theme: str) -> None:
    known, weak = tokens(theme), []
    for text, ground, least in PAIRS:
        bright, dim = sorted((brightness(known[text]), brightness(known[ground])), reverse=True)
        ratio = (bright + 0.05) / (dim + 0.05)
        if ratio < least:
            weak.append((text, ground, round(ratio, 2)))
    assert weak == []


def test_dark_stands_the_same_in_both_places() -> None:
    css = (STATIC / "tokens.css").read_text(encoding="utf-8")
    chosen = css.split('[data-theme="dark"] {', 1)[1].split("}", 1)[0]
    by_device = css.split("@media (prefers-color-scheme: dark)", 1)[1].split("{", 2)[2].split("}", 1)[0]
    assert chosen.split() == by_device.split()


@pytest.mark.parametrize("name", ["app.css", "queue.css", "ticket.css"])
def test_colours_come_from_the_tokens_alone(name: str) -> None:
    css = (STATIC / name).read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", css) == []
    assert set(re.findall(r"var\(--([\w-]+)", css)) <= set(
        re.findall(r"--([\w-]+):", (STATIC / "tokens.css").read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_templates_have_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|hx-on|<style", html)
    assert not re.search(r"""(?:src|href|action)="(?:https?:)?//""", html)
    for script in re.findall(r"<script\b[^>]*>", html):
        assert "src=" in script or 'type="application/json"' in script


#: fields of files under a button of their own, which send what was chosen at once
OWN_BUTTON = {"_composer.html", "chat.html", "job.html"}


def test_no_field_of_files_shows_the_words_of_the_browser() -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")}
    assert {name for name, html in pages.items() if 'type="file"' in html} == OWN_BUTTON | {"_macros.html"}
    shared = {name for name, html in pages.items() if re.search(r"\{\{ file_field\(", html)}
    assert {
        name for name in shared if not name.startswith("_") and "{{ file_parts() }}" not in pages[name]
    } == set()
    for part in (name for name in shared if name.startswith("_")):
        holders = [html for html in pages.values() if f'include "{part}"' in html]
        assert holders
        assert all("{{ file_parts() }}" in html for html in holders), part


def test_icons_that_pages_use_are_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    used = set()
    ours = [path for path in TEMPLATES.glob("*.html") if "chat-icons" not in path.read_text(encoding="utf-8")]
    for path in ours:
        used |= set(re.findall(r'icon\("([\w-]+)"\)', path.read_text(encoding="utf-8")))
    code = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "backend" / "desk").glob("*.py")))
    words = set(re.findall(r'\("([a-z][a-z0-9-]+)", N_\(', code))
    used |= {word for word in words if word in sprite or "-" in word}
    assert used - sprite == set()


def test_icons_of_the_office_pages_are_in_their_sprite() -> None:
    sprite = (STATIC / "office-icons.svg").read_text(encoding="utf-8")
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    used = set(re.findall(r'glyph\("([\w-]+)"\)', pages))
    assert used - set(re.findall(r'<symbol id="([\w-]+)"', sprite)) == set()


@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests" / "browser" / "vendor"], ids=str)
def test_borrowed_files_are_what_their_list_says(folder: Path) -> None:
    lines = re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (folder / "VENDOR.md").read_text(), re.M)
    assert lines
    for name, wanted in lines:
        assert sha256((folder / name).read_bytes()).hexdigest() == wanted, name


def test_scripts_are_small_and_speak_in_no_language_of_their_own() -> None:
    for path in STATIC.glob("*.js"):
        if path.name.startswith("chat"):
            continue
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) <= 400
        assert not re.search("[\u4e00-\u9fff]", source)
        assert "eval(" not in source
        assert ".innerHTML" not in source
