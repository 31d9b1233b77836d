"""A peer that is cut off for ten hours: what waited for it goes as soon as it is back. Time is told, not waited for."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from federation.uris import host_of
from models.people.actors import Actor
from models.store.database import Pool, connection, transaction
from models.traffic.outbound import host_recovery
from outbox.posts.notes import NoteDraft, publish
from tests.drills.ground import by_form
from tests.drills.report import report
from tests.drills.town import Town, host_address, open_town, soon
from tests.factories import HERE
from tests.federation.loopback import serve

CUT = timedelta(hours=10)
POSTS = 3
"""What each author says to everybody meanwhile; one thing more is for one person alone."""


@dataclass(slots=True)
class Peer:
    """One host that can be cut off; `came` holds what arrived since it is back, and when."""

    cut: bool = True
    tries: int = 0
    came: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take it, or break off before a word is said."""
        body = await request.read()
        if self.cut:
            self.tries += 1
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        self.came.append((time.monotonic(), orjson.loads(body)))
        return web.Response(status=202)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Our server, the peer, who writes and what each of them wrote, in order; Carla has nothing that waits."""

    town: Town
    peer: Peer
    host: str
    carla: Actor
    said: dict[str, list[str]]

    async def write(self, author: Actor, text: str) -> None:
        """For everybody."""
        post = await self.town.publish(author, text)
        self.said[author.uri].append(post.uri)

    async def write_to(self, author: Actor, reader: Actor, text: str) -> str:
        """For one person alone."""
        draft = NoteDraft(text=f"@{reader.username}@{reader.host} {text}", audience="direct")
        async with transaction(self.town.instance.pool) as conn:
            return (await publish(conn, HERE, author, draft)).uri


async def fail_for_hours(town: Town, begun: datetime) -> datetime:
    """Try whenever something is due; the end of the partition."""
    at, end = begun, begun + CUT
    while at < end:
        await town.deliver(at)
        due = await town.instance.pool.fetchval("SELECT min(due_at) FROM delivery WHERE state = 'waiting'")
        at = max(due, at + timedelta(seconds=1))
    return end


@pytest.mark.parametrize("sign", ["a word from there", "a new post"])
async def test_d07_after_ten_hours_all_arrives_at_once_private_words_first(
    pool: Pool, tmp_path: Path, sign: str
) -> None:
    peer, authors = Peer(), by_form(6, 200)
    async with serve(peer.answer, address=host_address(7)) as server, open_town(pool, tmp_path) as town:
        host, private = host_of(server.url), set[str]()
        carla = await town.add_author("carla")
        await town.add_reader(carla, server.url, name="readerofcarla")
        people = [await town.add_author(f"author{number}") for number in range(authors)]
        said: dict[str, list[str]] = {one.uri: [] for one in (*people, carla)}
        scene = Scene(town=town, peer=peer, host=host, carla=carla, said=said)
        for author in people:
            reader = await town.add_reader(author, server.url, name=f"readerof{author.username}")
            for number in range(POSTS):
                await scene.write(author, f"Bonjour {number}")
            private.add(await scene.write_to(author, reader, "Pour vous seule."))
        end = await fail_for_hours(town, soon())
        waits = await pool.fetchval("SELECT max(due_at) - $1::timestamptz FROM delivery", end)

        peer.cut, begun = False, time.monotonic()
        if sign == "a word from there":
            async with connection(pool) as conn:
                await host_recovery.note_activity(conn, [host], at=end)
        else:
            await scene.write(carla, "Tout va bien ?")
        await town.deliver(end)

    waited, order = read_arrivals(peer, begun), read_order(peer)
    total = sum(map(len, said.values())) + len(private)
    firsts = [min(waited[uri] for uri in uris) for uris in said.values() if uris]
    report(
        f"D7 back after ten hours, noticed by {sign}",
        authors=authors,
        deliveries=total,
        tries_meanwhile=peer.tries,
        last_would_have_waited=waits,
        first_of_every_author=f"{max(firsts):.2f} s",
        private_words=f"{max(waited[uri] for uri in private):.2f} s",
        all=f"{max(waited.values()):.2f} s",
    )
    assert len(peer.came) == total, "everything arrived, and once"
    assert {uri: [one for one in order if one in uris] for uri, uris in said.items()} == said
    assert max(firsts) < 5
    assert max(map(order.index, private)) < len(private) + POSTS * host_recovery.SOUNDINGS, "private words came first"
    assert waits > timedelta(hours=1), "it is the return that was noticed, not the end of a wait"


def read_arrivals(peer: Peer, begun: float) -> dict[str, float]:
    """How many seconds after the return each object arrived."""
    return {activity["object"]["id"]: moment - begun for moment, activity in peer.came}


def read_order(peer: Peer) -> list[str]:
    """The objects in the order in which they arrived."""
    return [activity["object"]["id"] for _, activity in peer.came]
