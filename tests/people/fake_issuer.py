"""A company's sign-in on this machine: discovery, keys, the page, codes that work once, signed tokens.

What it says can be bent, so that each lie of a forged or mistaken answer is told to the house over real HTTP.
"""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from httpx2 import Client
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from backend.clock import HandClock
from backend.settings import Company

CLIENT_ID, SECRET = "guanjia", "a secret with a space & a plus +"
LIN = {"sub": "u-1001", "email": "Lin.Jing@company.example", "email_verified": True, "name": "林静",
       "preferred_username": "linjing"}  # fmt: skip


@cache
def rsa_key(kid: str = "first") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@cache
def ec_key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})


@dataclass
class Try:
    """What was asked at the page, and who was there."""

    asked: dict[str, str]
    person: dict[str, Any]


@dataclass
class FakeIssuer:
    """``bend``: what the token claims instead (None: leaves out); ``sign``: by which signature and key."""

    clock: HandClock
    url: str = ""
    person: dict[str, Any] = field(default_factory=lambda: dict(LIN))
    bend: dict[str, Any] = field(default_factory=dict)
    sign: tuple[str, Any] | None = None
    keys: list[Any] = field(default_factory=lambda: [rsa_key(), ec_key()])
    documents: dict[str, Any] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    keeps_codes: bool = False
    is_quiet: bool = False
    asked: list[str] = field(default_factory=list)
    tries: dict[str, Try] = field(default_factory=dict)

    def company(self, **more: Any) -> Company:
        return Company(self.url, CLIENT_ID, SECRET, **more)

    def visit(self, address: str) -> str:
        """A browser opens our page; return where it is sent then."""
        with Client() as browser:
            answer = browser.get(address)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def answer(self, path: str, query: dict[str, str], headers: Any, form: dict[str, str]) -> Any:
        self.asked.append(path)
        if path in self.status:
            return self.status[path], {"error": "server_error"}
        return {
            "/.well-known/openid-configuration": self._document, "/keys": self._keys, "/token": self._token,
            "/me": self._me,
        }[path](headers, form)  # fmt: skip

    def _document(self, *_: Any) -> tuple[int, Any]:
        return 200, {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/me", **self.documents,
        }  # fmt: skip

    def _keys(self, *_: Any) -> tuple[int, Any]:
        return 200, {"keys": [key.as_dict(private=False) for key in self.keys]}

    def authorize(self, asked: dict[str, str]) -> str:
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.tries)}"
        self.tries[code] = Try(asked, dict(self.person))
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _token(self, headers: Any, form: dict[str, str]) -> tuple[int, Any]:
        if not self._is_client(headers, form):
            return 401, {"error": "invalid_client"}
        begun = self.tries.get(form["code"]) if self.keeps_codes else self.tries.pop(form["code"], None)
        made = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        is_right = begun is not None and made == begun.asked["code_challenge"]
        if begun is None or not is_right or form["redirect_uri"] != begun.asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self._id_token(begun)}

    def _is_client(self, headers: Any, form: dict[str, str]) -> bool:
        if "client_secret" in form:
            return (form["client_id"], form["client_secret"]) == (CLIENT_ID, SECRET)
        _, _, told = headers.get("authorization", "").partition(" ")
        own = base64.b64decode(told).decode().split(":")
        return [unquote_plus(one) for one in own] == [CLIENT_ID, SECRET]

    def _id_token(self, begun: Try) -> str:
        now = int(self.clock.real_now().timestamp())
        said = {"sub": begun.person["sub"]} if self.is_quiet else begun.person
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300,
                  "nonce": begun.asked["nonce"], **said, **self.bend}  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        algorithm, key = self.sign or ("RS256", self.keys[0])
        if algorithm in ("none", "HS256"):  # no library that is worth its name makes these
            return _forged(algorithm, claims, key)
        header = {"alg": algorithm, **({"kid": key.kid} if key.kid else {})}
        return jwt.encode(header, claims, key, algorithms=[algorithm])

    def _me(self, headers: Any, _form: dict[str, str]) -> tuple[int, Any]:
        assert headers["authorization"] == "Bearer opaque"
        return 200, self.person


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _forged(algorithm: str, claims: Any, secret: bytes) -> str:
    said = f"{_part({'alg': algorithm, 'kid': 'first'})}.{_part(claims)}"
    mark = hmac.new(secret, said.encode(), sha256).digest() if secret else b""
    return f"{said}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


@contextmanager
def serving(clock: HandClock) -> Iterator[FakeIssuer]:
    issuer = FakeIssuer(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("location", issuer.authorize(query))
                self.end_headers()
                return
            self._say(*issuer.answer(parts.path, query, self.headers, {}))

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say(*issuer.answer(self.path, {}, self.headers, dict(parse_qsl(data))))

        def _say(self, status: int, body: Any) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
