"""Somebody on foot beside her bike, without an account, in front of a cooperative with a mail server."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import msgspec

from models.exchanges import exchanges
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.threads import messages
from tests.factories import make_local_actor
from tests.web.form_client import Doorbell, Visitor
from tests.web.smtp_server import Postman, open_post, read_parts
from web.mail.passer_by_mails import MAIL, schedule_passer_by_mails
from web.server.worker.handlers import HANDLERS

FORM = "/depannage/appeler"

EMAIL = "samir@example.net"

BROKEN = {"interventions": "wheel", "rideable": "non", "bike_type": "city"}
WHERE = {"where": "commune", "place": "Lomme", "urgency": "Today", "travel_km": "3"}
BY_LINK = {"text": "Un nid-de-poule.", "contact": "link", "name": "Samir", "part": "rayon", "reward": "free-price"}
BY_MAIL = BY_LINK | {"contact": "mail", "email": EMAIL}


@dataclass(frozen=True)
class Roadside:
    """The way in, and where mails arrive."""

    door: Doorbell
    postman: Postman

    async def stop(self) -> Visitor:
        """Somebody who was never here."""
        return await self.door.ring()

    async def call(self, last: Mapping[str, str] = BY_LINK, visitor: Visitor | None = None) -> Visitor:
        """The three steps; the last one as it is said, else by a private link."""
        visitor = await (visitor or await self.stop()).open(FORM)
        await visitor.send(FORM, BROKEN | {"act": "next"})
        await visitor.send(FORM, WHERE | {"act": "next"})
        return await visitor.send(FORM, {**last, "act": "publish"})

    async def run_jobs(self, *names: str) -> None:
        """Those that write to her: the first mail, unless others are named."""
        for name in names or (MAIL,):
            async with transaction(self.door.instance.pool) as conn:
                found = await fetch_column(conn, "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", name)
            for payload in found:
                await HANDLERS[name](self.door.instance, msgspec.json.decode(payload))

    async def tell(self) -> int:
        """The mails that the chore sends about what was said a minute ago."""
        return await schedule_passer_by_mails(self.door.instance, datetime.now(UTC) + timedelta(minutes=2))

    def mailed_link(self) -> str:
        """The private address in the last mail."""
        text, written = read_parts(self.postman.taken[-1])
        link = self.link_in(text)
        assert link in written
        return link

    @staticmethod
    def link_in(text: str) -> str:
        """The private address that stands in a page or a mail."""
        found = re.search(r"http://lomme\.test(/appel/(?!fin/)[\w.-]+)", text)
        assert found is not None, text
        return found[1]

    async def published(self) -> Listing | None:
        """The only call, if there is one."""
        async with connection(self.door.instance.pool) as conn:
            id = await fetch_value(conn, "SELECT post_id FROM listing ORDER BY post_id DESC LIMIT 1")
            return await listings.find_by_post(conn, id) if id else None

    async def caller(self) -> Actor:
        """Who called."""
        listing = await self.published()
        assert listing is not None
        async with connection(self.door.instance.pool) as conn:
            return await actors.get(conn, listing.post.author_id)

    async def answer(self, text: str = "Je passe à 18 h.") -> int:
        """Alice writes to the caller; the id of the thread."""
        listing, caller = await self.published(), await self.caller()
        assert listing is not None
        async with transaction(self.door.instance.pool) as conn:
            alice = await actors.get_local(conn, "alice")
            thread = await exchanges.open(conn, listing_id=listing.id, owner_id=caller.id, partner_id=alice.id)
            await messages.write(conn, self.door.instance.site, alice, thread, messages.Words(text=text))
            return thread.id

    async def do(self, statement: str, *values: object) -> None:
        """Change what no page changes, such as the time that passed."""
        async with transaction(self.door.instance.pool) as conn:
            await execute(conn, statement, *values)

    async def count(self, statement: str, *values: object) -> int:
        async with connection(self.door.instance.pool) as conn:
            return int(await fetch_value(conn, statement, *values))


@asynccontextmanager
async def stand_by_the_road(door: Doorbell) -> AsyncIterator[Roadside]:
    """The door has a mail server."""
    async with open_post() as postman:
        settings = msgspec.structs.replace(door.instance.settings, smtp_url=f"smtp://127.0.0.1:{postman.port}")
        mailing = Doorbell(replace(door.instance, settings=settings), door.templates)
        async with transaction(door.instance.pool) as conn:
            await make_local_actor(conn, "instance", type="Application")
            await make_local_actor(conn, "depannage_velo", type="Group")
        yield Roadside(mailing, postman)
        await mailing.close()
