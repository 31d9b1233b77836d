"""Streams of whole servers: what Bob publishes elsewhere appears on Alice's screen; several processes; a stop."""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from mastodon import Mastodon, StreamListener

from models.listings.listings import ListingDraft
from models.store.database import transaction
from outbox.listings import listings as outbox
from tests.eventually import eventually
from tests.peers.programs import free_port
from tests.servers import Member, RunningServer, ServerProcess, founded_process, wait_for_answer
from tests.stories.conftest import MakeServer
from tests.web.warm_commands import WarmCommands
from web.middlewares.work_signals import notify_work


class Screen(StreamListener):
    """What a client of Mastodon.py was told, in a queue; the first heartbeat says that the stream is `open`."""

    def __init__(self) -> None:
        self.told: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.open = threading.Event()

    def on_any_event(self, name: str, data: Any = None, for_stream: Any = None) -> None:
        self.told.put((name, data))

    def handle_heartbeat(self) -> None:
        self.open.set()

    async def next(self) -> tuple[str, Any]:
        """The next event."""
        return await asyncio.to_thread(self.told.get, True, 10)


def log_in(server: RunningServer, member: Member) -> Mastodon:
    return Mastodon(access_token=member.token, api_base_url=server.url, version_check_mode="none")


@asynccontextmanager
async def watching_home(server: RunningServer, member: Member) -> AsyncIterator[Screen]:
    """`stream_user` of an unmodified Mastodon.py, in a thread of its own."""
    screen, client = Screen(), log_in(server, member)
    handle = await asyncio.to_thread(client.stream_user, screen, run_async=True)
    assert await asyncio.to_thread(screen.open.wait, 10)
    yield screen
    await asyncio.to_thread(handle.close)


async def test_what_another_cooperative_publishes_appears_in_mastodon_py(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its thread is in the middle of reading: to close the stream it waits for whatever comes next.
    monkeypatch.setattr("web.api.streaming.server_sent_events.THUMP_SECONDS", 0.2)
    lomme, henin = await make_server("lomme"), await make_server("henin")
    alice, bob = await lomme.add_member("alice"), await henin.add_member("bob")
    client = log_in(lomme, alice)
    [found] = (await asyncio.to_thread(client.search_v2, f"@bob@{henin.host}", result_type="accounts")).accounts
    await asyncio.to_thread(client.account_follow, found)

    async def following() -> bool:
        return bool((await asyncio.to_thread(client.account_relationships, found))[0].following)

    await eventually(following)
    # What is published while her past is fetched may come by that way, which streams nothing.
    fetched = "SELECT count(*) = 1 FROM backfill WHERE state = 'done'"
    await eventually(lambda: lomme.instance.pool.fetchval(fetched))
    assert await asyncio.to_thread(client.stream_healthy)
    async with watching_home(lomme, alice) as screen:
        draft = ListingDraft(kind="offer", mode="loan", title="Remorque à vélo", text="Pour les courses.")
        async with transaction(henin.instance.pool) as conn:
            listing = await outbox.publish(conn, henin.instance.site, bob.actor, draft)
        await notify_work(henin.instance.pool)
        name, offer = await screen.next()
        assert (name, offer.uri) == ("update", listing.uri)
        assert "Remorque" in (await asyncio.to_thread(client.status, offer)).content

        async with transaction(henin.instance.pool) as conn:
            await outbox.close(conn, henin.instance.site, bob.actor, listing.uri, "done")
        await notify_work(henin.instance.pool)
        name, closed = await screen.next()
        assert (name, closed.id) == ("status.update", offer.id)
        assert closed.content != offer.content

        await asyncio.to_thread(client.status_post, f"@bob@{henin.host} Est-elle libre ?", in_reply_to_id=offer)
        assert (await screen.next())[0] == "update"
        async with transaction(henin.instance.pool) as conn:
            await outbox.withdraw(conn, henin.instance.site, bob.actor, listing.uri)
        await notify_work(henin.instance.pool)
        assert await screen.next() == ("delete", offer.id)


# Neither would look for what happened by itself, and a stop would wait for open streams until the test gave up.
PATIENT = {"web.api.streaming.hub.POLL_SECONDS": 3600.0, "web.server.processes.serve.DRAIN_SECONDS": 3600.0}


@asynccontextmanager
async def two_processes(
    commands: WarmCommands, data: Path, database_url: str
) -> AsyncIterator[tuple[ServerProcess, str, Member]]:
    """One instance: a process that serves and works; one that serves only, whose origin on another port is given.

    Alice is a member.
    """
    founded = founded_process("lomme", data, database_url, commands=commands, constants=PATIENT)
    async with founded as (first, here):
        port = free_port()
        second = ServerProcess(
            url=f"http://127.0.0.1:{port}",
            env=first.env | {"DECLIC_LISTEN": f"127.0.0.1:{port}"},
            options=("serve", "--no-worker"),
            commands=commands,
            constants=PATIENT,
        )
        await second.spawn()
        await wait_for_answer(f"{second.url}/healthz")
        try:
            yield first, second.url, await here.add_member("alice")
        finally:
            await second.stop()


async def next_event(stream: aiohttp.ClientResponse) -> tuple[str, Any]:
    async with asyncio.timeout(30):
        while not (line := (await stream.content.readline()).decode()).startswith("event: "):
            assert line, "the stream has ended"
        data = (await stream.content.readline()).decode()
    return line.removeprefix("event: ").strip(), orjson.loads(data.removeprefix("data: "))


async def test_what_one_process_commits_is_told_by_another_and_a_stop_lets_nobody_wait(
    commands: WarmCommands, tmp_path: Path, furnished_url: str
) -> None:
    async with (
        two_processes(commands, tmp_path, furnished_url) as (first, second, alice),
        aiohttp.ClientSession() as session,
    ):
        headers = alice.headers
        async with (
            session.get(f"{first.url}/api/v1/streaming/user", headers=headers) as here,
            session.get(f"{second}/api/v1/streaming/user", headers=headers) as there,
        ):
            assert await here.content.readline() == await there.content.readline() == b":thump\n"
            for origin, text in ((first.url, "de la première"), (second, "de la seconde")):
                async with session.post(f"{origin}/api/v1/statuses", headers=headers, json={"status": text}) as answer:
                    assert answer.status == 200
                for stream in (here, there):
                    name, payload = await next_event(stream)
                    assert (name, payload["content"]) == ("update", f"<p>{text}</p>")
            assert await first.stop() == 0, "streams are ended, not waited for"
            assert (await here.content.read()).strip() == b""
