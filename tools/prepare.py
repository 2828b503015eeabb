"""Make a bare machine ready: `prepare.py run` for serving, `prepare.py test` for the tests as well.

Runs before anything is installed, so: standard library only. Creates .venv, installs a lock with hashes
(once per lock), and for the tests sees to Chromium and Chinese fonts. Every error is one line.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
#: how pip begins the line on which it takes up a package (from an index, from a folder)
FOUND = ("Collecting ", "Processing ")
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}
#: Chromium without windows first: it draws no frame around each page and takes half the time
BROWSERS = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
)  # fmt: skip
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class CannotPrepare(Exception):
    """Something this script cannot mend; its text says what to do."""


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def prepare(purpose: str) -> None:
    """Raise CannotPrepare, or leave everything ``purpose`` needs in place."""
    if purpose == "test":
        see_to_browser()
    make_environment()
    install(purpose)


def make_environment() -> None:
    if PYTHON.exists() and quiet([str(PYTHON), "-m", "pip", "--version"]):
        return
    say("Creating the virtual environment .venv …")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotPrepare(
            "Python's venv module does not work here. On Debian and Ubuntu: apt install python3-venv. "
            f"({last_line(done.stdout + done.stderr)})"
        )


def install(purpose: str) -> None:
    """Install the lock, unless its stamp says that this very lock, or the larger one, is in already."""
    stamps = {name: VENV / f".installed-{name}" for name in LOCKS}
    wanted = {name: fingerprint(ROOT / lock) for name, lock in LOCKS.items()}
    for name in (purpose, "test"):
        if stamps[name].exists() and stamps[name].read_text() == wanted[name]:
            return
    lock = ROOT / LOCKS[purpose]
    started = time.monotonic()
    total = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    say(f"Installing {total} locked packages into .venv (the first time this takes a minute or two) …")
    run_pip(["install", "--require-hashes", "--no-deps", "--progress-bar", "off", "-r", str(lock)], total)
    stamps[purpose].write_text(wanted[purpose])
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def run_pip(arguments: list[str], total: int) -> None:
    """Run pip with one counting line instead of its pages; the whole of its output is kept in a file."""
    log = VENV / "install.log"
    lines: list[str] = []
    with log.open("w") as file:
        for line in pip_lines(arguments):
            file.write(line)
            lines.append(line.strip())
            if line.startswith(FOUND):
                count(sum(text.startswith(FOUND) for text in lines), total, Path(line.split()[1]).name)
    if lines and lines.pop() == "failed":
        errors = [text for text in lines if text.startswith("ERROR")] or lines[-1:] or ["no output"]
        raise CannotPrepare(f"The packages could not be installed: {errors[-1][:240]} (all of it: {log})")


def pip_lines(arguments: list[str]) -> Iterator[str]:
    process = subprocess.Popen(
        [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    yield from process.stdout
    yield "failed" if process.wait() else "done"


def count(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(
            f"\r\033[K  {done:3d} of {total}  {what.split('==', maxsplit=1)[0]}" + "\n" * (done == total)
        )
        sys.stderr.flush()
    elif done % 20 == 0 or done == total:
        say(f"  {done} of {total}")


def see_to_browser() -> None:
    """The browser tests need Chromium and Chinese fonts: install them where we may, else name them."""
    missing = missing_packages()
    for browser in ("chromium-headless-shell", "chromium"):  # not every system has a package of the first
        if missing and may_install():
            named = [browser if package == "chromium" else package for package in missing]
            say(f"Installing {' and '.join(named)} for the browser tests …")
            apt_install(named)
            missing = missing_packages()
    if missing:
        raise CannotPrepare(
            f"The browser tests need {' and '.join(missing)}: install them with your system's packages "
            "(Debian: sudo apt install chromium fonts-noto-cjk fontconfig) or set CHROMIUM=/path/to/browser."
        )


def may_install() -> bool:
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def missing_packages() -> list[str]:
    missing = [] if find_browser() else ["chromium"]
    if sys.platform != "darwin":
        fonts = subprocess.run(
            ["fc-list", ":lang=zh"], capture_output=True, text=True, check=False
        ).stdout if shutil.which("fc-list") else ""  # fmt: skip
        missing += [] if fonts.strip() else ["fonts-noto-cjk", "fontconfig"]
    return missing


def find_browser() -> str | None:
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen if Path(chosen).exists() else None
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or next((path for path in MAC_BROWSERS if Path(path).exists()), None)


def apt_install(packages: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            say(f"{' '.join(command[:2])} failed: {last_line(done.stderr)}")


def quiet(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason given"


if __name__ == "__main__":
    try:
        prepare(sys.argv[1] if len(sys.argv) > 1 else "run")
    except CannotPrepare as error:
        say(f"{error}")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
