"""A mail server for tests: it takes mails and keeps them, or refuses as it is told."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from models.settings import Settings
from models.store.database import Pool
from tests.factories import HERE


@dataclass
class Postman:
    """Takes everything, or answers a recipient with `refusal`, or falls silent once it has the whole mail."""

    refusal: str = ""
    silent: bool = False
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"220 postman\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"RCPT" and self.refusal:
                writer.write(f"{self.refusal}\r\n".encode())
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                message = email.message_from_bytes(body[:-3], policy=email.policy.default)
                self.taken.append(message)
                self.raw.append(body)
                if self.silent:
                    break
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 fine\r\n")
        writer.close()


@asynccontextmanager
async def open_post() -> AsyncIterator[Postman]:
    """A mail server on a free port of this machine."""
    postman = Postman()
    server = await asyncio.start_server(postman.serve, "127.0.0.1", 0)
    postman.port = server.sockets[0].getsockname()[1]
    yield postman
    server.close()


def read_parts(message: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a mail."""
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (body.get_content().replace("\r\n", "\n") for body in bodies if body)
    return text, html


@dataclass(frozen=True)
class StandIn:
    """As much of an instance as a mail looks at."""

    pool: Pool
    settings: Settings
    site: Any = HERE
