"""Our own address: its name is looked up first, then each address of it is tried."""

import asyncio
import socket
import ssl
from typing import Any

import pytest

from federation.errors import FetchFailed
from federation.http_client.own_address import ask_ourselves
from models.settings import Site

HOME = Site(url="https://lomme.test", host="lomme.test")


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Of a name whose two addresses answer nobody: each that was tried, and the name that it had to prove."""

    def answer(host: str, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{last}", port)) for last in (1, 2)]

    async def refuse(host: str, port: int, **options: Any) -> None:
        tried.append((host, options["server_hostname"]))
        raise failure

    tried: list[tuple[str, Any]] = []
    failure: OSError = ConnectionRefusedError("nobody is there")
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(asyncio, "open_connection", refuse)
    return tried


async def test_no_name_is_left_to_be_looked_up_while_a_connection_is_opened(tried: list[tuple[str, Any]]) -> None:
    """uvloop goes on with it after we gave up, and its failure is an error in the log that nobody can mend."""
    with pytest.raises(FetchFailed):
        await ask_ourselves(HOME, "/healthz")

    assert tried == [("192.0.2.1", "lomme.test"), ("192.0.2.2", "lomme.test")]


async def test_a_certificate_that_is_wrong_is_not_tried_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def refuse(host: str, *_: object, **__: object) -> None:
        asked.append(host)
        raise ssl.SSLError(1, "expired")

    records = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{last}", 443)) for last in (1, 2)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: records)
    monkeypatch.setattr(asyncio, "open_connection", refuse)

    with pytest.raises(FetchFailed):
        await ask_ourselves(HOME, "/healthz")

    assert asked == ["192.0.2.1"]
