"""Settings are read once; a wrong value stops the start with its name and what was expected."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend import settings
from backend.settings import BadSetting


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "80a", "1 to 65535"),
        ("PORT", "70000", "1 to 65535"),
        ("TIMEZONE", "Mars/Olympus", "IANA"),
        ("DATABASE_URL", "mysql://somewhere", "sqlite"),
        ("PUBLIC_URL", "butler.example", "http"),
        ("TELEGRAM_MODE", "both", "polling or webhook"),
        ("LOG_LEVEL", "loud", "DEBUG"),
        ("SECRET_KEY", "short", "at least 32"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, nginx", "networks"),
        ("CHAT_FRAME_ANCESTORS", "https://a.example; script-src *", "origins"),
        ("CHAT_FRAME_ANCESTORS", "https://a.example\r\nSet-Cookie: a=b", "origins"),
    ],
)
def test_a_wrong_value_stops_the_start(tmp_path: Path, name: str, value: str, expected: str) -> None:
    with pytest.raises(BadSetting, match=f"GUANJIA_{name}") as refused:
        settings.load({f"GUANJIA_{name}": value}, tmp_path)
    assert expected in str(refused.value)


def test_postgresql_wants_a_secret_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="GUANJIA_SECRET_KEY"):
        settings.load({"GUANJIA_DATABASE_URL": "postgresql://db/guanjia"}, tmp_path)


def test_without_any_setting_everything_has_a_working_value(tmp_path: Path) -> None:
    found = settings.load({}, tmp_path)
    assert found.is_sqlite
    assert found.public_url == found.backend_url == "http://127.0.0.1:8000"
    assert found.service_token != found.secret_key
    assert found.secret_key not in repr(found)
    assert found.service_token not in repr(found)


def test_the_secret_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: settings.load({}, tmp_path).secret_key, range(8)))
    assert len(set(found)) == 1
    path = tmp_path / "var" / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret_key"]


def test_an_emptied_secret_is_refused(tmp_path: Path) -> None:
    settings.load({}, tmp_path)
    (tmp_path / "var" / "secret_key").write_text("")
    with pytest.raises(BadSetting, match="GUANJIA_SECRET_KEY"):
        settings.load({}, tmp_path)
