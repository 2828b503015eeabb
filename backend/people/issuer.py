"""The conversation with the company's sign-in, OpenID Connect with a code, PKCE and a nonce.

The only file that imports Authlib, an optional extra: it checks the claims, and the JOSE library that it
brings the signature. HTTP goes through aiohttp, which the house has anyway; Authlib's own clients would bring
another HTTP library and a session cookie of theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from backend.people.company import SUBJECT_LENGTH, Asking, CompanyAway, CompanyRefused, Person, name_in
from backend.settings import Company, is_private

#: seconds for one answer: somebody waits at the door
SECONDS: Final = 8.0
SCOPE: Final = "openid profile email"
#: signatures that only the company can make; none, and no secret that we hold too
SIGNATURES: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
#: seconds by which two clocks may differ
LEEWAY: Final = 60
KEPT: Final = timedelta(hours=1)
#: a company that does not answer is not asked again by everybody who comes to the door
REST: Final = timedelta(seconds=10)
#: how often at most its keys are fetched anew for a key that is not among them
NEW_KEYS: Final = timedelta(minutes=1)
OK: Final = 200
ERRORS: Final = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What the company's discovery document says; ``user_info`` "" where it has none."""

    issuer: str
    authorize: str
    token: str
    keys: str
    user_info: str
    is_basic: bool


class Issuer:
    """The company's sign-in as the settings name it; ``back`` is where it sends people back to us."""

    def __init__(self, company: Company, back: str, seconds: float = SECONDS) -> None:
        self._company = company
        self._back = back
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._known: tuple[datetime, Known] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._rests_until: datetime | None = None

    @property
    def claim(self) -> str:
        """What linked accounts are compared with: ``email`` or ``preferred_username``."""
        return self._company.claim

    async def address(self, asking: Asking, language: str, now: datetime) -> str:
        """Return the company's page for this try. Raises CompanyAway."""
        known = await self._discover(now)
        fields = {
            "response_type": "code",
            "client_id": self._company.client_id,
            "redirect_uri": self._back,
            "scope": SCOPE,
            "state": asking.state,
            "nonce": asking.nonce,
            "code_challenge": create_s256_code_challenge(asking.verifier),
            "code_challenge_method": "S256",
            "ui_locales": "zh-CN" if language == "zh" else "en",
        }
        return f"{known.authorize}{'&' if urlsplit(known.authorize).query else '?'}{urlencode(fields)}"

    async def person(self, asking: Asking, code: str, now: datetime) -> Person:
        """Return who comes back with this code. Raises CompanyRefused, CompanyAway."""
        known = await self._discover(now)
        tokens = await self._redeem(known, asking, code)
        claims = await self._proven(known, tokens, asking.nonce, now)
        name = name_in(claims, self._company.claim)
        if not name and known.user_info:
            name = name_in(await self._told(known, tokens, claims["sub"]), self._company.claim)
        return Person(known.issuer, claims["sub"], name)

    async def _discover(self, now: datetime) -> Known:
        if self._known and now < self._known[0] + KEPT:
            return self._known[1]
        if self._rests_until and now < self._rests_until:
            raise CompanyAway("it did not answer a moment ago")
        try:
            page = f"{self._company.issuer.rstrip('/')}/.well-known/openid-configuration"
            known = _known(await self._fetch(page), self._company.issuer)
        except CompanyAway:
            self._rests_until = now + REST
            raise
        self._known, self._rests_until = (now, known), None
        return known

    async def _redeem(self, known: Known, asking: Asking, code: str) -> Mapping[str, Any]:
        """Exchange the code, which works once and only with the verifier that never left us."""
        own = {"client_id": self._company.client_id, "client_secret": self._company.client_secret}
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back,
                  "code_verifier": asking.verifier} | ({} if known.is_basic else own)  # fmt: skip
        proof = aiohttp.encode_basic_auth(*map(quote_plus, own.values()))
        headers = {"Authorization": proof} if known.is_basic else {}
        status, body = await self._ask("POST", known.token, data=fields, headers=headers)
        if status == OK and isinstance(body, dict):
            return body
        error = body.get("error") if isinstance(body, dict) else None
        if error == "invalid_grant":
            raise CompanyRefused("the code is spent, too old or another's")
        # Anything else is between the two servers: whoever stands at the door has done nothing wrong.
        raise CompanyAway(f"the token endpoint answered {status} {error!s:.40}")

    async def _proven(
        self, known: Known, tokens: Mapping[str, Any], nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        """The claims of an ID token that this company made for us and for this try. Raises CompanyRefused."""
        raw = tokens.get("id_token")
        if not isinstance(raw, str):
            raise CompanyRefused("no ID token")
        wanted = {"iss": {"essential": True, "value": known.issuer},
                  "aud": {"essential": True, "value": self._company.client_id}}  # fmt: skip
        given = {"nonce": nonce, "client_id": self._company.client_id,
                 "access_token": tokens.get("access_token")}  # fmt: skip
        try:
            token = await self._decoded(known, raw, now)
            claims = CodeIDToken(token.claims, token.header, wanted, given)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise CompanyRefused(f"ID token: {getattr(error, 'error', type(error).__name__)}") from error
        if not 0 < len(claims["sub"]) <= SUBJECT_LENGTH:
            raise CompanyRefused("ID token: no subject")
        return dict(claims)

    async def _decoded(self, known: Known, raw: str, now: datetime) -> jwt.Token:
        """The token with a signature that fits; a key not seen yet may be new, and is looked for once."""
        registry = JWSRegistry(algorithms=SIGNATURES, strict_check_header=False)
        try:
            return jwt.decode(raw, await self._key_set(known, now, KEPT), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(raw, await self._key_set(known, now, NEW_KEYS), registry=registry)

    async def _key_set(self, known: Known, now: datetime, most: timedelta) -> KeySet:
        """The company's keys, not older than ``most``."""
        if self._keys is None or now >= self._keys[0] + most:
            body = await self._fetch(known.keys)
            try:
                self._keys = (now, KeySet.import_key_set(body))  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise CompanyAway(f"its keys cannot be read: {type(error).__name__}") from error
        return self._keys[1]

    async def _told(self, known: Known, tokens: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What the company tells of the same person beside the token: many keep names out of it."""
        headers = {"Authorization": f"Bearer {tokens.get('access_token')}"}
        status, body = await self._ask("GET", known.user_info, headers=headers)
        is_same = status == OK and isinstance(body, dict) and body.get("sub") == subject
        return body if is_same else {}

    async def _fetch(self, url: str) -> Mapping[str, Any]:
        status, body = await self._ask("GET", url)
        if status != OK or not isinstance(body, dict):
            raise CompanyAway(f"{urlsplit(url).path} answered {status}")
        return body

    async def _ask(self, method: str, url: str, **more: Any) -> tuple[int, Any]:
        """Return status and JSON of one answer. Raises CompanyAway where there is none."""
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.request(method, url, allow_redirects=False, **more) as answer,
            ):
                if answer.status >= ERRORS:
                    raise CompanyAway(f"{urlsplit(url).path} answered {answer.status}")
                return answer.status, await answer.json(content_type=None)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise CompanyAway(f"{urlsplit(url).path}: {type(error).__name__}") from error


def _known(said: Mapping[str, Any], issuer: str) -> Known:
    """Read a discovery document, which must speak for this issuer. Raises CompanyAway."""
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    issuer_said, authorize, token, keys = (_address(said, name) for name in names)
    if issuer_said.rstrip("/") != issuer.rstrip("/"):
        raise CompanyAway("its discovery document speaks for another issuer")
    user_info = _address(said, "userinfo_endpoint") if said.get("userinfo_endpoint") else ""
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Known(issuer_said, authorize, token, keys, user_info, "client_secret_basic" in methods)


def _address(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not is_private(value):
        raise CompanyAway(f"its discovery document has no https address as {name}")
    return value
