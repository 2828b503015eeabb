"""The world outside, on 127.0.0.1: an HTTP server that answers as told, and a small real mail server."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ANYTIME = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass
class Request:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    data: bytes
    target: str = ""

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.data)
        return found


@dataclass
class Web:
    """``answers`` are given in turn, the last one for ever: (status, JSON body, headers)."""

    url: str
    answers: list[tuple[int, Any, dict[str, str]]]
    asked: list[Request] = field(default_factory=list)
    on_ask: Callable[[], None] = lambda: None

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        self.answers[:] = [(status, body, headers)]


@contextmanager
def web() -> Iterator[Web]:
    found = Web("", [(200, {"errcode": 0, "code": 0}, {})])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers["Content-Length"]))
            found.asked.append(Request(parts.path, dict(parse_qsl(parts.query)), dict(self.headers), data,
                                       self.path))  # fmt: skip
            found.on_ask()
            status, body, headers = found.answers[0]
            if len(found.answers) > 1:
                found.answers.pop(0)
            said = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        found.url = f"http://127.0.0.1:{port}"
        yield found


@contextmanager
def _serving(server: Any) -> Iterator[int]:
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Post:
    """A mail server: ``says`` puts another answer in place of one to a command."""

    port: int = 0
    letters: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    hangs_up_after_data: bool = False


ANSWERS = {
    "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "QUIT": "221 bye", "RSET": "250 ok",
    "AUTH": "235 welcome", "STARTTLS": "220 ready",
}  # fmt: skip


@contextmanager
def post(tls: ssl.SSLContext | None, *, from_the_start: bool = False) -> Iterator[Post]:
    """Speak SMTP with whoever comes, with STARTTLS (or TLS from the start) where ``tls`` is given."""
    found = Post()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.is_safe = False
            try:
                if tls is not None and from_the_start:
                    self._encrypt()
                self._say("220 here")
                while self._serve():
                    pass
            except (ssl.SSLError, ConnectionError):
                return

        def _serve(self) -> bool:
            line = self.rfile.readline().decode().strip()
            if not line:
                return False
            verb = line.split()[0].upper()
            found.commands.append(verb if verb == "AUTH" else line)
            self._say(found.says.get(verb) or self._usual(verb))
            if verb == "STARTTLS" and tls is not None:
                self._encrypt()
            if verb == "DATA" and "DATA" not in found.says:
                self._take()
                return not found.hangs_up_after_data
            return verb != "QUIT"

        def _usual(self, verb: str) -> str:
            if verb != "EHLO":
                return ANSWERS.get(verb, "502 what?")
            offers = "STARTTLS" if tls is not None and not self.is_safe else "AUTH PLAIN"
            return f"250-here\r\n250 {offers}"

        def _take(self) -> None:
            lines = []
            while (line := self.rfile.readline().decode()) not in (".\r\n", ""):
                lines.append(line)
            found.letters.append("".join(lines))
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())
            self.wfile.flush()

        def _encrypt(self) -> None:
            assert tls is not None
            self.request = tls.wrap_socket(self.request, server_side=True)
            self.is_safe = True
            self.setup()

        def finish(self) -> None:
            try:
                super().finish()
            finally:
                self.request.close()

    with _serving(ThreadingTCPServer(("127.0.0.1", 0), Handler)) as found.port:
        yield found


@cache
def _certificate() -> tuple[bytes, bytes]:
    """A certificate of its own for 127.0.0.1, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ANYTIME[0])
        .not_valid_after(ANYTIME[1])
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    kind = serialization.PrivateFormat.PKCS8
    return made.public_bytes(encoding), key.private_bytes(encoding, kind, serialization.NoEncryption())


def tls_pair(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server and of somebody who trusts it."""
    certificate, key = _certificate()
    path = folder / "server.pem"
    path.write_bytes(certificate + key)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cadata=certificate.decode())
    return server, client
