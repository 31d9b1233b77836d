"""Messages to the services of apps: the same guarded client, nothing signed, nothing followed."""

import pytest

from federation.errors import Cause
from federation.http_client.transport import AiohttpTransport
from models.settings import Settings
from tests.federation.loopback import answer_in_turn, serve

HEADERS = {"TTL": "60", "Content-Encoding": "aes128gcm", "Authorization": "vapid t=x, k=y"}


async def test_a_message_arrives_as_it_is_and_carries_no_signature_of_ours(transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(201)) as server:
        answer = await transport.post_message(f"{server.url}/send/abc", b"\x00secret", HEADERS)

    [request] = server.requests
    assert answer.delivered and answer.status == 201
    assert request.body == b"\x00secret"
    assert {name: request.headers[name] for name in HEADERS} == HEADERS
    assert request.headers["Content-Type"] == "application/octet-stream"
    assert "Signature" not in request.headers and "Signature-Input" not in request.headers


@pytest.mark.parametrize("status", [301, 307, 404, 410, 429, 503])
async def test_every_other_answer_is_told_and_no_redirect_followed(transport: AiohttpTransport, status: int) -> None:
    async with serve(answer_in_turn(status)) as server:
        answer = await transport.post_message(f"{server.url}/send/abc", b"x", HEADERS)

    assert (answer.delivered, answer.status, len(server.requests)) == (False, status, 1)


async def test_private_addresses_are_called_for_no_app() -> None:
    guarded = AiohttpTransport(Settings(url="https://lomme.test"))

    for url in (
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "http://push.example/x",
        "https://10.0.0.1/x",
        "https://lomme.test/x",
    ):
        answer = await guarded.post_message(url, b"x", HEADERS)

        assert answer.status is None and answer.cause in {Cause.PRIVATE_ADDRESS, Cause.BAD_ADDRESS}, url
    await guarded.close()


async def test_who_the_cooperative_deals_with_is_no_matter_of_apps() -> None:
    class Nobody:
        async def allows(self, host: str) -> bool:
            return False

    transport = AiohttpTransport(Settings(url="https://lomme.test", test_federation=True), hosts=Nobody())
    async with serve(answer_in_turn(201)) as server:
        answer = await transport.post_message(f"{server.url}/send", b"x", HEADERS)

    assert answer.delivered
    await transport.close()
