"""Styles and scripts leave their remarks at home, and nothing else."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from backend.web.lean import REMARKS, ROOM, LeanFiles, lean

STATIC = Path(__file__).parent.parent.parent / "backend" / "web" / "static"
OURS = sorted([*STATIC.glob("*.js"), *STATIC.glob("*.css")])


@pytest.fixture
def web() -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", LeanFiles(directory=STATIC))]))


def test_remarks_and_indentation_stay_at_home_and_lines_of_scripts_keep_their_numbers() -> None:
    script = '// why\nconst a = "https://x"; // beside\n  /* two\n   * lines */ go();\n    // more\n\tb();\n'
    assert lean(".js", script) == '\nconst a="https://x";\n\ngo();\n\nb();\n'
    style = "/* the\n   frame */\n.a { color: red; } /* late */\n@media print {\n  .b { top: 0; }\n}\n"
    assert lean(".css", style) == ".a{color:red;}@media print{.b{top:0;}}"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_text_of_ours_is_taken_for_a_remark(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        for text in re.findall(r"""(?:"[^"\n]*"|'[^'\n]*')""", REMARKS[".css"].sub("", source)):
            assert "/*" not in text
            assert ROOM.sub(lambda found: found[1] or "", text) == text
        return
    for line in source.splitlines():
        assert line.count("`") % 2 == 0, "a text over several lines would lose its indentation"


def test_a_browser_that_has_a_file_is_told_so_until_the_file_changes(web: TestClient) -> None:
    first = web.get("/static/app.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.text == lean(".js", (STATIC / "app.js").read_text(encoding="utf-8"))
    again = web.get("/static/app.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_borrowed_files_go_as_they_are(web: TestClient) -> None:
    assert web.get("/static/vendor/htmx.min.js").content == (STATIC / "vendor" / "htmx.min.js").read_bytes()


def test_a_style_that_another_imports_is_laid_in(web: TestClient) -> None:
    sent = web.get("/static/app.css").text
    assert "@import" not in sent
    assert lean(".css", (STATIC / "tokens.css").read_text(encoding="utf-8")) in sent
