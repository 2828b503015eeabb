"""One typed, frozen settings object, built once from the environment and passed on."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX: Final = "GUANJIA_"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
SECRET_LENGTH: Final = 32
#: by what the company may name somebody: an e-mail address it has verified, or a user name
CLAIMS: Final = ("email", "preferred_username")
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


class BadSetting(ValueError):
    """A setting with a wrong value; says name, value and what was expected."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{PREFIX}{name} is {value!r}, but must be {expected}.")


@dataclass(frozen=True, slots=True)
class Company:
    """The company's own sign-in (OpenID Connect): who vouches for staff, and by what they are known.

    ``issuer`` stands as the company writes it, a last slash included. ``claim``: what a linked account is
    compared with. ``name_zh`` and ``name_en``: what the button calls the company, "" for no name.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "email"
    name_zh: str = ""
    name_en: str = ""

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the operator may set; every field has a working default but the PostgreSQL secret."""

    database_url: str
    secret_key: str = field(repr=False)
    service_token: str = field(repr=False)
    media_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    backend_url: str = "http://127.0.0.1:8000"
    timezone: str = "Asia/Shanghai"
    telegram_token: str = field(default="", repr=False)
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: str = "polling"
    telegram_webhook_secret: str = field(default="", repr=False)
    telegram_proxy: str = ""
    translate_url: str = ""
    translate_key: str = field(default="", repr=False)
    chat_frame_ancestors: str = "'none'"
    trusted_proxies: tuple[str, ...] = ()
    company: Company | None = None
    log_level: str = "INFO"
    argon2_is_cheap: bool = False
    #: where the installation keeps its own files; not a setting
    var_dir: Path = Path("var")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_secure(self) -> bool:
        """True where a browser accepts Secure cookies: https, or the loopback address."""
        return urlsplit(self.public_url).scheme == "https" or self.is_for_this_machine_only

    @property
    def is_for_this_machine_only(self) -> bool:
        """True where nobody else can open the address that links and QR codes carry."""
        return urlsplit(self.public_url).hostname in LOOPBACK


def load(environ: Mapping[str, str] | None = None, root: Path | None = None) -> Settings:
    """Read the environment once. Raises BadSetting with name, value and expectation."""
    given = os.environ if environ is None else environ
    values = {k[len(PREFIX) :]: v for k, v in given.items() if k.startswith(PREFIX)}
    var = (root or Path.cwd()) / "var"
    database_url = _database_url(values.get("DATABASE_URL", ""), var)
    secret = _strong(values.get("SECRET_KEY", "")) or _own_secret(database_url, var)
    port = _port(values.get("PORT", "8000"))
    host = values.get("HOST", "127.0.0.1")
    local_url = f"http://127.0.0.1:{port}"
    return Settings(
        database_url=database_url,
        secret_key=secret,
        service_token=values.get("SERVICE_TOKEN", "") or derive(secret, "service-token"),
        media_dir=Path(values.get("MEDIA_DIR", "") or var / "media"),
        host=host,
        port=port,
        public_url=_url("PUBLIC_URL", values.get("PUBLIC_URL", "") or _reachable(host, port)),
        backend_url=_url("BACKEND_URL", values.get("BACKEND_URL", "") or local_url),
        timezone=_zone(values.get("TIMEZONE", "Asia/Shanghai")),
        telegram_token=values.get("TELEGRAM_TOKEN", ""),
        telegram_api_url=_url("TELEGRAM_API_URL", values.get("TELEGRAM_API_URL", "https://api.telegram.org")),
        telegram_mode=_one_of(
            "TELEGRAM_MODE", values.get("TELEGRAM_MODE", "polling"), ("polling", "webhook")
        ),
        telegram_webhook_secret=values.get("TELEGRAM_WEBHOOK_SECRET", ""),
        telegram_proxy=values.get("TELEGRAM_PROXY", ""),
        translate_url=_optional_url("TRANSLATE_URL", values.get("TRANSLATE_URL", "")),
        translate_key=values.get("TRANSLATE_KEY", ""),
        chat_frame_ancestors=_ancestors(values.get("CHAT_FRAME_ANCESTORS", "'none'")),
        trusted_proxies=_networks(values.get("TRUSTED_PROXIES", "")),
        company=_company(values),
        log_level=_one_of("LOG_LEVEL", values.get("LOG_LEVEL", "INFO").upper(), LOG_LEVELS),
        argon2_is_cheap=values.get("ARGON2_IS_CHEAP", "") == "1",
        var_dir=var,
    )


def known_database_url(environ: Mapping[str, str] | None = None, root: Path | None = None) -> str | None:
    """Return the database of the settings where there may be one; None where its SQLite file does not exist.

    Unlike ``load`` it makes nothing: a training runs before anything was set up. Raises BadSetting.
    """
    values = os.environ if environ is None else environ
    written = values.get(PREFIX + "DATABASE_URL", "")
    if not written:
        written = f"sqlite:///{(root or Path.cwd()) / 'var' / 'guanjia.sqlite'}"
    url = _database_url(written, Path())
    is_missing = url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()
    return None if is_missing else url


def derive(secret: str, purpose: str) -> str:
    """Derive an independent token for ``purpose`` from the secret key (hex, 64 characters)."""
    return sha256(f"{purpose}:{secret}".encode()).hexdigest()


def _reachable(host: str, port: int) -> str:
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"


def _database_url(value: str, var: Path) -> str:
    if not value:
        var.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{var / 'guanjia.sqlite'}"
    if value.startswith("sqlite:///"):
        return value
    if value.startswith(("postgresql://", "postgresql+psycopg://", "postgres://")):
        return "postgresql+psycopg://" + value.split("://", 1)[1]
    raise BadSetting("DATABASE_URL", value.rsplit("@", maxsplit=1)[-1], "sqlite:///FILE or postgresql://…")


def _strong(secret: str) -> str:
    """Refuse a secret that could be guessed; "" means that none was set."""
    if secret and len(secret) < SECRET_LENGTH:
        raise BadSetting("SECRET_KEY", "…", f"at least {SECRET_LENGTH} characters")
    return secret


def _own_secret(database_url: str, var: Path) -> str:
    if not database_url.startswith("sqlite"):
        raise BadSetting("SECRET_KEY", "", "set (at least 32 characters) when PostgreSQL is used")
    var.mkdir(parents=True, exist_ok=True)
    path = var / "secret_key"
    if not path.exists():
        _write_secret(path)
    secret = path.read_text().strip()
    if len(secret) < SECRET_LENGTH:
        raise BadSetting("SECRET_KEY", f"in {path}", f"at least {SECRET_LENGTH} characters")
    return secret


def _write_secret(path: Path) -> None:
    """Whole before it has its name: two processes that start together read one secret."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _port(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise BadSetting("PORT", value, "a number from 1 to 65535")
    return int(value)


def _url(name: str, value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
        raise BadSetting(name, value, "an http:// or https:// address")
    return value.rstrip("/")


def _optional_url(name: str, value: str) -> str:
    return _url(name, value) if value else ""


def _company(values: Mapping[str, str]) -> Company | None:
    """The company's sign-in: all of it or nothing."""
    issuer = values.get("OIDC_ISSUER", "").strip()
    client_id = values.get("OIDC_CLIENT_ID", "").strip()
    client_secret = values.get("OIDC_CLIENT_SECRET", "").strip()
    core = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": client_id, "OIDC_CLIENT_SECRET": client_secret}
    if not any(value for name, value in values.items() if name.startswith("OIDC_")):
        return None
    missing = next((name for name, value in core.items() if not value), None)
    if missing:
        every = ", ".join(PREFIX + name for name in core)
        raise BadSetting(missing, "", f"set: company sign-in needs {every}, or nothing of GUANJIA_OIDC_*")
    if not is_private(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
        raise BadSetting(
            "OIDC_ISSUER", issuer, "the https:// address of the company's sign-in, as it writes it"
        )
    return Company(
        issuer,
        client_id,
        client_secret,
        claim=_one_of("OIDC_CLAIM", values.get("OIDC_CLAIM", "") or "email", CLAIMS),
        name_zh=values.get("OIDC_NAME_ZH", "").strip(),
        name_en=values.get("OIDC_NAME_EN", "").strip(),
    )


def is_private(url: str) -> bool:
    """True where nobody can read on the way: https, or plain http that stays on this machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadSetting("TIMEZONE", value, "an IANA zone such as Asia/Shanghai") from error
    return value


def _ancestors(value: str) -> str:
    """It stands in a header: nothing may follow it there."""
    if not value.strip() or not value.isprintable() or not set(value).isdisjoint(",;"):
        raise BadSetting("CHAT_FRAME_ANCESTORS", value, "'none', 'self' or origins with a space between them")
    return value


def _networks(value: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    for part in found:
        try:
            ip_network(part, strict=False)
        except ValueError as error:
            raise BadSetting("TRUSTED_PROXIES", value, "addresses or networks such as 10.0.0.0/8") from error
    return found


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadSetting(name, value, " or ".join(allowed))
    return value
