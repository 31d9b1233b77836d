"""Questions to peers: signed as activities are, and what is answered is read, up to a limit and in time."""

import asyncio

import pytest
from aiohttp import web

from federation.errors import Cause, FetchFailed
from federation.http_client import transport as transport_module
from federation.http_client.transport import AiohttpTransport
from tests.federation.loopback import ALICE, answer_in_turn, serve


async def test_the_answer_is_read_and_the_question_signed_anew_where_the_first_was_refused(
    transport: AiohttpTransport,
) -> None:
    asked = 0

    async def answer(request: web.BaseRequest) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=401) if asked == 1 else web.Response(body=b'{"stolen":true}')

    async with serve(answer) as server:
        fetched = await transport.post_question(f"{server.url}/ask", b'{"a":1}', ALICE, seconds=5)

    assert fetched.body == b'{"stolen":true}'
    assert [(one.method, one.body) for one in server.requests] == [("POST", b'{"a":1}')] * 2
    assert "Signature-Input" in server.requests[1].headers


@pytest.mark.parametrize(
    ("status", "cause"),
    [(404, Cause.NOT_FOUND), (429, Cause.TOO_MANY_REQUESTS), (500, Cause.SERVER_ERROR), (302, Cause.REDIRECT)],
)
async def test_any_other_status_fails(transport: AiohttpTransport, status: int, cause: Cause) -> None:
    async with serve(answer_in_turn(status)) as server:
        with pytest.raises(FetchFailed) as failed:
            await transport.post_question(f"{server.url}/ask", b"{}", ALICE, seconds=5)

    assert failed.value.cause == cause


async def test_who_is_slow_or_says_too_much_is_not_waited_for(transport: AiohttpTransport) -> None:
    async def sleep(request: web.BaseRequest) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async def talk(request: web.BaseRequest) -> web.Response:
        return web.Response(body=b"x" * 20_000)

    for handler, cause, seconds in ((sleep, Cause.TIMED_OUT, 0.2), (talk, Cause.TOO_LARGE, 5)):
        async with serve(handler) as server:
            with pytest.raises(FetchFailed) as failed:
                await transport.post_question(f"{server.url}/ask", b"{}", ALICE, seconds=seconds)
        assert failed.value.cause == cause


async def test_whoever_has_to_look_first_may_keep_silent_for_as_long_as_the_question_waits(
    transport: AiohttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "IDLE_SECONDS", 0.05)

    async def look_first(_: web.BaseRequest) -> web.Response:
        await asyncio.sleep(0.15)
        return web.Response(body=b"{}")

    async with serve(look_first) as server:
        answered = await transport.post_question(f"{server.url}/ask", b"{}", ALICE, seconds=2)
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(f"{server.url}/document")

    assert (answered.status, failed.value.cause) == (200, Cause.TIMED_OUT)
