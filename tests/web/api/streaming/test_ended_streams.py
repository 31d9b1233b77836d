"""Streams that end, are refused, or go on: tokens, limits, slow readers, the stop, lost bells and lost links."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from aiohttp import WSServerHandshakeError

from models.access import tokens
from models.access.tokens import CHANNEL as TOKENS
from models.errors import Unavailable
from models.limits import STREAM_MESSAGES
from models.store.background import notify, stream_events
from models.store.database import Pool, connection, execute, transaction
from tests.eventually import eventually
from tests.factories import make_member, make_note
from tests.web.api.conftest import Alice, Api
from tests.web.api.streams import Socket, acting, connected, hub_of, watching, work_signal_of
from tests.web.small_app import make_instance, serving
from web.api.routes import ROUTES
from web.api.streaming import fan_out, subscribers, websockets
from web.api.streaming import hub as hubs
from web.api.streaming.fan_out import load_deliveries
from web.api.streaming.messages import Delivery, Message
from web.api.streaming.streams import Stream
from web.middlewares.work_signals import notify_work
from web.server.worker.loops import listen_for_work


async def test_a_revoked_token_ends_its_streams_and_no_others(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "TOKENS_SECONDS", 0.0)
    other = await alice.api.as_member(alice.actor)
    async with watching(other, "user") as ending, connected(other) as socket, watching(alice.api, "user") as going_on:
        async with acting(alice.api) as conn:
            await tokens.revoke_bearer(conn, other.bearer or "")
        assert await ending.is_over()
        with pytest.raises(EOFError):
            await socket.next()

        await alice.api.post("/api/v1/statuses", status="Encore là")

        assert (await going_on.next()).event == "update"


async def test_what_happens_after_a_token_ended_is_not_told_to_it(alice: Alice) -> None:
    other = await alice.api.as_member(alice.actor)
    async with watching(other, "user") as ending, watching(alice.api, "user") as going_on:
        async with transaction(alice.api.pool) as conn:
            await tokens.revoke_bearer(conn, other.bearer or "")
            note = await make_note(conn, alice.actor)
        work_signal_of(alice.api).receive((TOKENS, {"tokens": []}))

        assert (await going_on.next()).payload["id"] == str(note.id)
        assert await ending.is_over()


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE account SET disabled_at = now() WHERE actor_id = $1",
        "UPDATE actor SET suspended_at = now() WHERE id = $1",
    ],
)
async def test_an_account_that_is_closed_watches_no_more(alice: Alice, ending: str) -> None:
    async with watching(alice.api, "user") as events:
        async with transaction(alice.api.pool) as conn:
            await execute(conn, ending, alice.actor.id)

        work_signal_of(alice.api).receive((TOKENS, {"actor": alice.actor.id}))

        assert await events.is_over()


async def test_who_asks_for_the_head_of_a_stream_alone_gets_no_stream(alice: Alice) -> None:
    async with watching(alice.api, "user"):
        for path in ("/api/v1/streaming/user", "/api/v1/streaming?stream=user"):
            answer = await alice.api.client.head(path, headers={"Authorization": f"Bearer {alice.api.bearer}"})

            assert (answer.status, answer.content_type) == (200, "text/event-stream")
        assert hub_of(alice.api).size == 1


def look_every(seconds: float, alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, events are looked for this often when no bell rings."""
    monkeypatch.setattr(hubs, "POLL_SECONDS", seconds)
    work_signal_of(alice.api).stream.set()


@asynccontextmanager
async def hearing(alice: Alice, database_url: str) -> AsyncIterator[None]:
    """The link to other processes, up for as long as the block lasts."""
    instance, work_signal = alice.api.instance, work_signal_of(alice.api)
    settings = msgspec.structs.replace(instance.settings, database_url=database_url)
    task = asyncio.create_task(listen_for_work(replace(instance, settings=settings), work_signal))
    async with asyncio.timeout(5):
        await work_signal.received.wait()  # it is up
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_ends_tokens_in_another_process_ends_streams_at_once(alice: Alice, database_url: str) -> None:
    async with hearing(alice, database_url), watching(alice.api, "user") as stream:
        async with transaction(alice.api.pool) as conn:
            await tokens.end_access(conn, alice.actor.id)

        assert await stream.is_over()


async def test_who_does_not_read_is_cut_off_while_others_go_on(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    async with acting(alice.api) as conn:
        carol = await make_member(conn, "carol")
    other = await alice.api.as_member(carol)
    monkeypatch.setattr(subscribers, "MOST_WAITING", 20)
    hub = hub_of(alice.api)
    async with connected(alice.api, stream="public") as stalled, watching(other, "public") as reading:
        stalled.socket._reader._protocol.pause_reading()
        sent = 0
        while hub.size == 2:
            hub.publish(Delivery(streams=[Stream("public")], message=Message("update", b'"%b"' % (b"x" * 100_000))))
            assert len((await reading.next()).payload) == 100_000
            sent += 1
            assert sent < 1000

        stalled.socket._reader._protocol.resume_reading()
        assert sent > subscribers.MOST_WAITING
        async with acting(alice.api) as conn:
            note = await make_note(conn, carol)
        assert (await reading.next()).payload["id"] == str(note.id)


async def test_an_account_and_an_address_have_so_many_streams_at_once(
    alice: Alice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MOST_OF_ACCOUNT", 2)
    async with acting(alice.api) as conn:
        carol = await make_member(conn, "carol")
    other = await alice.api.as_member(carol)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(watching(await alice.api.as_member(alice.actor), "user"))
        refused = await alice.api.ask("GET", "/api/v1/streaming/user")
        with pytest.raises(WSServerHandshakeError) as not_upgraded:
            await stack.enter_async_context(connected(alice.api, stream="user"))
        await stack.enter_async_context(watching(other, "user"))
        monkeypatch.setattr(hubs, "MOST_OF_ADDRESS", 3)
        crowded = await other.ask("GET", "/api/v1/streaming/user")

    assert (refused.status, not_upgraded.value.status, crowded.status) == (429, 429, 429)
    assert refused.headers["Retry-After"]

    async def forgotten() -> bool:
        return hub_of(alice.api).size == 0

    await eventually(forgotten)
    async with connected(alice.api, stream="user"):
        pass


async def test_behind_a_proxy_the_address_is_the_one_that_it_tells(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MOST_OF_ADDRESS", 1)
    instance = make_instance(pool, data=tmp_path, rate_limit=0, trusted_proxies=("127.0.0.1/32",))
    async with serving(instance, ROUTES) as client, AsyncExitStack() as stack:
        async with transaction(pool) as conn:
            actor = await make_member(conn)
        api = await Api(client=client, instance=instance).as_member(actor)
        headers = [
            {"Authorization": f"Bearer {api.bearer}", "X-Forwarded-For": f"192.0.2.{number}"} for number in (1, 2, 1)
        ]
        socket = await stack.enter_async_context(connected(api, headers=headers[0], stream="user"))
        other = await stack.enter_async_context(connected(api, headers=headers[1], stream="user"))
        refused = await api.ask("GET", "/api/v1/streaming/user", headers=headers[2])
        await api.post("/api/v1/statuses", status="Bonjour")

        assert refused.status == 429
        assert (await socket.next()).payload == (await other.next()).payload


async def test_a_token_in_the_address_or_as_protocol_is_in_no_log(
    alice: Alice, caplog: pytest.LogCaptureFixture
) -> None:
    bearer = alice.api.bearer or ""
    with structlog.testing.capture_logs() as logs, caplog.at_level("DEBUG"):
        async with connected(alice.api, headers={}, access_token=bearer, stream="user"):
            pass
        async with connected(alice.api, headers={}, protocols=("other", bearer), access_token=bearer, stream="user"):
            pass
        await eventually(lambda: answered(logs, 2))

    assert bearer not in f"{logs} {[record.getMessage() for record in caplog.records if 'client' not in record.name]}"


async def answered(logs: list[Any], number: int) -> bool:
    return len([entry for entry in logs if entry["event"] == "answered"]) >= number


async def test_a_client_that_talks_too_much_or_too_long_is_sent_away(
    alice: Alice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websockets, "STREAM_MESSAGES", replace(STREAM_MESSAGES, most=5))
    async with connected(alice.api) as chatty, connected(alice.api) as wordy, connected(alice.api) as binary:
        for _ in range(6):
            await chatty.subscribe("user")
        await wordy.subscribe("hashtag", tag="x" * 5000)
        await binary.socket.send_bytes(b"{}")

        assert [await closing_code(socket) for socket in (chatty, binary)] == [1008, 1008]
        assert await closing_code(wordy)


async def closing_code(socket: Socket) -> int | None:
    with pytest.raises(EOFError):
        await socket.next_frame()
    return socket.socket.close_code


@pytest.mark.parametrize("text", ["", "x", "[]", '{"type": 1}', '{"type": "sing", "stream": "user"}', '{"stream": []}'])
async def test_what_cannot_be_read_is_answered_and_harms_nothing(alice: Alice, text: str) -> None:
    async with connected(alice.api, stream="user") as socket:
        await socket.socket.send_str(text)
        answer = await socket.next_frame()
        await alice.api.post("/api/v1/statuses", status="Bonjour")

        assert answer["error"] and answer["status"] in {404, 422}
        assert (await socket.next()).event == "update"


async def test_a_connection_has_so_many_streams(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websockets, "MOST_STREAMS", 2)
    async with connected(alice.api, stream="user") as socket:
        await socket.subscribe("public")
        await socket.subscribe("public")
        await socket.subscribe("public:local")

        assert (await socket.next_frame())["status"] == 422


async def test_a_stop_ends_all_streams_with_a_word(alice: Alice) -> None:
    async with watching(alice.api, "user") as events, connected(alice.api, stream="user") as socket:
        hub_of(alice.api).close()

        assert await events.is_over()
        assert await closing_code(socket) == 1001


async def test_what_another_process_commits_is_told_when_it_rings(
    alice: Alice, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_every(60.0, alice, monkeypatch)
    async with hearing(alice, database_url), watching(alice.api, "user") as stream:
        async with transaction(alice.api.pool) as conn:
            note = await make_note(conn, alice.actor)
        await notify_work(alice.api.pool)

        assert (await stream.next()).payload["id"] == str(note.id)


async def test_what_is_committed_while_the_link_is_down_is_told_when_it_is_back(
    alice: Alice, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_every(60.0, alice, monkeypatch)
    monkeypatch.setattr(notify, "RETRY_SECONDS", 0.2)
    async with hearing(alice, database_url), watching(alice.api, "user") as stream:
        async with transaction(alice.api.pool) as conn:
            await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'declic events' AND datname = current_database()"
            )
            note = await make_note(conn, alice.actor)
        await notify_work(alice.api.pool)  # to nobody

        assert (await stream.next()).payload["id"] == str(note.id)


async def test_without_any_bell_it_is_told_at_the_next_look(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    look_every(0.05, alice, monkeypatch)
    async with watching(alice.api, "user") as stream:
        async with transaction(alice.api.pool) as conn:
            note = await make_note(conn, alice.actor)

        assert (await stream.next()).payload["id"] == str(note.id)


async def test_a_database_that_is_away_for_a_moment_delays_and_loses_nothing(
    alice: Alice, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, failures = load_deliveries, iter([Unavailable(), Unavailable()])

    async def fail_first(*arguments: object) -> object:
        for failure in failures:
            raise failure
        return await load(*arguments)  # type: ignore[arg-type] # whatever the hub passes goes through

    monkeypatch.setattr(fan_out, "load_deliveries", fail_first)
    look_every(0.05, alice, monkeypatch)
    async with watching(alice.api, "user") as stream:
        await alice.api.post("/api/v1/statuses", status="Bonjour")

        assert (await stream.next()).event == "update"


async def test_who_fell_behind_is_told_to_come_again(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_EVENTS", 2)
    async with watching(alice.api, "user") as stream:
        async with acting(alice.api) as conn:
            for _ in range(3):
                await make_note(conn, alice.actor)

        assert await stream.is_over()


async def test_nothing_is_read_while_nobody_watches(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching(alice.api, "user"):
        pass

    async def forgotten() -> bool:
        return hub_of(alice.api).size == 0

    await eventually(forgotten)
    monkeypatch.setattr(stream_events, "list_since", partial(pytest.fail, "it was read"))
    await hub_of(alice.api).publish_events()


async def test_tokens_cost_one_query_however_many_watch(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        ids = [token.id for token in await tokens.list_of(conn, alice.actor.id)]
        assert await tokens.filter_living(conn, [*ids, 1]) == set(ids)
