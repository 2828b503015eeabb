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


COMPANY = {
    "GUANJIA_OIDC_ISSUER": "https://login.company.example/",
    "GUANJIA_OIDC_CLIENT_ID": "guanjia",
    "GUANJIA_OIDC_CLIENT_SECRET": "told to nobody",
}


def test_company_sign_in_is_read_as_the_company_writes_it_and_its_secret_is_not_shown(tmp_path: Path) -> None:
    assert settings.load({}, tmp_path).company is None
    found = settings.load({**COMPANY, "GUANJIA_OIDC_NAME_ZH": "青云集团"}, tmp_path)
    assert found.company is not None
    assert (found.company.issuer, found.company.claim) == ("https://login.company.example/", "email")
    assert (found.company.name("zh"), found.company.name("en")) == ("青云集团", "")
    assert "told to nobody" not in repr(found)


@pytest.mark.parametrize("missing", COMPANY)
def test_company_sign_in_that_is_set_up_by_half_stops_the_start_and_says_what_is_missing(
    tmp_path: Path, missing: str
) -> None:
    half = {name: value for name, value in COMPANY.items() if name != missing}
    with pytest.raises(BadSetting, match=f"{missing} is ''") as refused:
        settings.load({**half, "GUANJIA_OIDC_NAME_EN": "Qingyun"}, tmp_path)
    assert all(name in str(refused.value) for name in COMPANY)
    with pytest.raises(BadSetting):
        settings.load({"GUANJIA_OIDC_NAME_EN": "Qingyun"}, tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OIDC_ISSUER", "http://login.company.example", "https"),
        ("OIDC_ISSUER", "login.company.example", "https"),
        ("OIDC_CLAIM", "name", "email or preferred_username"),
    ],
)
def test_company_sign_in_over_what_can_be_read_or_by_what_anybody_may_choose_is_refused(
    tmp_path: Path, name: str, value: str, expected: str
) -> None:
    with pytest.raises(BadSetting, match=f"GUANJIA_{name}") as refused:
        settings.load({**COMPANY, f"GUANJIA_{name}": value}, tmp_path)
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
