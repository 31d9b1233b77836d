"""A server of somebody else for as long as a sample is made: Émile lives there, and mails come here too."""

import email
import email.policy
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

PORT, SMTP_PORT = 8911, 8912

URL = f"http://127.0.0.1:{PORT}"
EMILE = f"{URL}/users/emile"
KEY_ID = f"{EMILE}#main-key"


@dataclass(slots=True, kw_only=True)
class Neighbour:
    """Émile's key, what was posted to him, and the mails that were sent to anybody."""

    key_pem: str
    public_pem: str
    received: list[dict[str, Any]] = field(default_factory=list)
    mails: list[tuple[str, str]] = field(default_factory=list)

    def show(self, path: str) -> dict[str, Any] | None:
        """The document at this path."""
        if path.startswith("/.well-known/webfinger"):
            link = {"rel": "self", "type": "application/activity+json", "href": EMILE}
            return {"subject": f"acct:emile@127.0.0.1:{PORT}", "links": [link]}
        return build_emile(self.public_pem) if path == "/users/emile" else None

    def find_link(self, to: str, pattern: str) -> str | None:
        """The last link of this form in a mail to somebody."""
        found = [link for address, text in self.mails if address == to for link in re.findall(pattern, text)]
        return found[-1] if found else None


def build_emile(public_pem: str) -> dict[str, Any]:
    """Émile as Mastodon shows him."""
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": EMILE,
        "type": "Person",
        "preferredUsername": "emile",
        "name": "Émile",
        "inbox": f"{EMILE}/inbox",
        "outbox": f"{EMILE}/outbox",
        "followers": f"{EMILE}/followers",
        "following": f"{EMILE}/following",
        "url": f"{URL}/@emile",
        "endpoints": {"sharedInbox": f"{URL}/inbox"},
        "publicKey": {"id": KEY_ID, "owner": EMILE, "publicKeyPem": public_pem},
    }


def make_neighbour() -> Neighbour:
    """A neighbour with a key of his own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Neighbour(
        key_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        public_pem=key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )


@contextmanager
def running_neighbour(neighbour: Neighbour) -> Iterator[Neighbour]:
    """The neighbour, on its two ports of loopback."""
    socketserver.TCPServer.allow_reuse_address = True
    servers = [
        ThreadingHTTPServer(("127.0.0.1", PORT), make_pages(neighbour)),
        socketserver.ThreadingTCPServer(("127.0.0.1", SMTP_PORT), make_postbox(neighbour)),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield neighbour
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def make_pages(neighbour: Neighbour) -> type[BaseHTTPRequestHandler]:
    """What answers other servers."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = neighbour.show(self.path)
            self.answer(404 if found is None else 200, json.dumps(found or {}).encode())

        def do_POST(self) -> None:
            neighbour.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer(202, b"")

        def answer(self, status: int, body: bytes) -> None:
            kind = "application/jrd+json" if "webfinger" in self.path else "application/activity+json"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Pages


def make_postbox(neighbour: Neighbour) -> type[socketserver.StreamRequestHandler]:
    """What takes mails, by as much of SMTP as that needs."""

    class Postbox(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            to = ""
            self.wfile.write(b"220 postbox\r\n")
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    neighbour.mails.append((to, read_mail(b"".join(iter(self.rfile.readline, b".\r\n")))))
                elif verb == b"RCPT":
                    to = line.decode().partition("<")[2].partition(">")[0]
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")

    return Postbox


def read_mail(data: bytes) -> str:
    """The headers and the words of a mail."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    body = message.get_body(("plain",))
    words = "" if body is None else body.get_content()
    return "\n".join(f"{name}: {value}" for name, value in message.items()) + "\n" + str(words)
