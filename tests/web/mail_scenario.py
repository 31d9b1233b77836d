"""A tent that somebody asks for, and everything that mails about it pass through, at noon of today."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import cast

import msgspec

from federation.instance import Instance
from models.exchanges import exchanges
from models.listings.listings import Listing
from models.news import notifications
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Pool, connection, execute, fetch_column, transaction
from tests.factories import make_listing, make_member, make_note, make_remote_actor
from tests.today import today
from tests.web.smtp_server import Postman, StandIn, open_post
from web.mail.news_mail_schedule import schedule_news_mails, send_news_mail

NOON = datetime.combine(today(), time(12), UTC)
"""A time of day at which mails go out, summer or winter."""

LATER = NOON + timedelta(minutes=10)


@dataclass(frozen=True)
class Office:
    """Everything around a mail: who, what about, the server and the instance."""

    pool: Pool
    postman: Postman
    instance: Instance
    alice: Actor
    bob: Actor
    tent: Listing

    async def write(self, text: str = "<p>Est-elle libre samedi ?</p>", *, at: datetime = NOON) -> int:
        """Bob writes to Alice about the tent; the message's id."""
        async with transaction(self.pool) as conn:
            message = await make_note(
                conn,
                self.bob,
                audience="direct",
                in_reply_to_uri=self.tent.post.uri,
                mention_ids=(self.alice.id,),
                content=text,
                published_at=at,
            )
            id = await notifications.notify(
                conn, recipient_id=self.alice.id, type="mention", actor_id=self.bob.id, post_id=message.id
            )
            await execute(conn, "UPDATE notification SET created_at = $2 WHERE id = $1", id, at)
        return message.id

    async def like(self, name: str, *, at: datetime = NOON) -> None:
        """Somebody likes the tent."""
        async with transaction(self.pool) as conn:
            fan = await make_remote_actor(conn, name)
            id = await notifications.notify(
                conn, recipient_id=self.alice.id, type="favourite", actor_id=fan.id, post_id=self.tent.id
            )
            await execute(conn, "UPDATE notification SET created_at = $2 WHERE id = $1", id, at)

    async def thread(self) -> exchanges.Exchange:
        async with connection(self.pool) as conn:
            found = await exchanges.find(conn, listing_id=self.tent.id, partner_id=self.bob.id)
        assert found is not None
        return found

    async def deliver(self, at: datetime = LATER) -> int:
        """The chore, then every job that waits; how many mails were written down."""
        made = await schedule_news_mails(self.instance, at)
        await self.run_jobs(at)
        return made

    async def run_jobs(self, at: datetime = LATER) -> None:
        async with transaction(self.pool) as conn:
            payloads = await fetch_column(conn, "DELETE FROM pgqueuer WHERE entrypoint = 'tell' RETURNING payload")
        for payload in payloads:
            await send_news_mail(self.instance, msgspec.json.decode(payload), at)

    async def list_waiting(self) -> list[timedelta]:
        """When jobs of mails run, from now."""
        async with connection(self.pool) as conn:
            return await fetch_column(
                conn, "SELECT execute_after - now() FROM pgqueuer WHERE entrypoint = 'tell' ORDER BY execute_after"
            )


@asynccontextmanager
async def open_office(pool: Pool) -> AsyncIterator[Office]:
    """Alice, whose tent Bob asks for; the first look is over, so that what comes now is told."""
    async with open_post() as postman:
        async with transaction(pool) as conn:
            alice = await make_member(conn, name="Maryse")
            bob = await make_remote_actor(conn, name="Léonie")
            tent = await make_listing(conn, alice)
            await execute(conn, "INSERT INTO mail_cursor (last_id) VALUES (0)")
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{postman.port}?from=bonjour@lomme.test")
        instance = cast(Instance, StandIn(pool, settings))
        yield Office(pool, postman, instance, alice, bob, tent)


@dataclass
class Clock:
    """When new ids are made: noon, whenever these tests run."""

    at: datetime = NOON

    def time_ns(self) -> int:
        return int(self.at.timestamp() * 1_000_000_000)
