"""A cooperative with a mail server, a tent to borrow, and somebody without any account who would like it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import msgspec

from models.exchanges import exchanges
from models.exchanges.exchanges import Exchange
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_listing, make_local_actor
from tests.web.form_client import Doorbell, Visitor
from tests.web.smtp_server import Postman, open_post, read_parts
from web.mail.guest_mails import schedule_guest_mails, send_guest_mail

EMAIL = "leonie@example.net"

WORDS = {"name": "Léonie", "email": EMAIL, "message": "Bonjour, est-elle libre samedi ?"}


@dataclass(frozen=True)
class Inn:
    """Who offers what, where mails arrive, and the way in."""

    door: Doorbell
    postman: Postman
    alice: Actor
    tent: Listing

    @property
    def path(self) -> str:
        """The door by mail."""
        return f"/annonces/d/{self.tent.id}/courriel"

    async def knock(self, **typed: str) -> Visitor:
        """Somebody fills in the form at the door; the mail goes out."""
        guest = await (await self.door.ring()).open(self.path)
        await guest.send(self.path, WORDS | typed)
        await self.run_jobs()
        return guest

    async def enter(self, **typed: str) -> Visitor:
        """And she follows the link and confirms."""
        guest = await self.knock(**typed)
        path = self.link()
        await guest.open(path)
        return await guest.send(f"{path}/confirmer")

    async def run_jobs(self) -> None:
        async with transaction(self.door.instance.pool) as conn:
            found = await fetch_column(conn, "DELETE FROM pgqueuer WHERE entrypoint = 'guest_mail' RETURNING payload")
        for payload in found:
            await send_guest_mail(self.door.instance, msgspec.json.decode(payload))

    async def tell(self, *, after: timedelta = timedelta(minutes=6)) -> list[EmailMessage]:
        """The mails that the chore sends, at noon, about what was said some minutes ago."""
        before = len(self.postman.taken)
        noon = datetime.now(UTC).replace(hour=12, minute=0)
        at = max(noon, datetime.now(UTC) + after)
        await schedule_guest_mails(self.door.instance, at if 8 <= at.hour <= 18 else noon + timedelta(days=1))
        return self.postman.taken[before:]

    def link(self, mail: EmailMessage | None = None) -> str:
        """The private address in a mail, the last one's."""
        text, html = read_parts(mail or self.postman.taken[-1])
        found = re.search(r"http://lomme\.test(/invite/(?!fin/)[\w.-]+)", text)
        assert found is not None and found[1] in html
        return found[1]

    async def thread(self) -> Exchange:
        """The only one."""
        async with connection(self.door.instance.pool) as conn:
            id = await fetch_value(conn, "SELECT id FROM exchange")
            return await exchanges.get_for(conn, id, self.alice.id)

    async def guest(self) -> Actor:
        async with connection(self.door.instance.pool) as conn:
            return await actors.get(conn, (await self.thread()).partner_id)

    async def owner(self) -> Visitor:
        """Alice, logged in, in front of the thread."""
        visitor = await (await self.door.ring()).log_in("alice")
        return await visitor.open(f"/echanges/{(await self.thread()).id}")

    async def do(self, statement: str, *values: object) -> None:
        """Change what no page changes, such as the time that passed."""
        async with transaction(self.door.instance.pool) as conn:
            await execute(conn, statement, *values)

    async def count(self, statement: str, *values: object) -> int:
        async with connection(self.door.instance.pool) as conn:
            return int(await fetch_value(conn, statement, *values))


@asynccontextmanager
async def open_inn(door: Doorbell) -> AsyncIterator[Inn]:
    """Alice lends a tent; the door has a mail server."""
    async with open_post() as postman:
        settings = msgspec.structs.replace(door.instance.settings, smtp_url=f"smtp://127.0.0.1:{postman.port}")
        mailing = Doorbell(replace(door.instance, settings=settings), door.templates)
        async with transaction(door.instance.pool) as conn:
            alice = await actors.get_local(conn, "alice")
            page = f"{door.instance.site.url}/annonces/5f0c9d1e-0000-4000-8000-000000000001"
            await make_local_actor(conn, "instance", type="Application")
            tent = await make_listing(conn, alice, post={"url": page})
        yield Inn(mailing, postman, alice, tent)
        await mailing.close()
