"""What the members of the demo say to each other about their small ads, and what they agree on: played line by line."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from federation.instance import Instance
from models import posts
from models.exchanges import agreements, exchange_messages, exchanges
from models.exchanges.agreements import Agreement, Step, Terms
from models.listings import listings
from models.listings.listings import Listing
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, connection, transaction
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.agreements.thanks import ThanksNote, thank
from outbox.posts import notes
from outbox.threads.agreement_context import Said
from web.commands.demo.dialogues import DIALOGUES, Dialogue, DialogueLine
from web.middlewares.work_signals import notify_work

WAIT_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueServers:
    """Where a talk is played: the servers of the owner and of the partner, which may be the same."""

    owner: Instance
    partner: Instance
    talk: Dialogue
    uri: str

    def find(self, who: str) -> Instance:
        """The server on which somebody acts."""
        return self.owner if who == "owner" else self.partner


async def play_dialogues(houses: Mapping[str, Instance], uris: Mapping[str, str]) -> None:
    """All of them, one after the other; each line stands on both sides before the next is said."""
    for talk in DIALOGUES:
        stage = DialogueServers(
            owner=houses[talk.house], partner=houses[talk.partner_house], talk=talk, uri=uris[talk.title]
        )
        for line in talk.lines:
            await _play(stage, line)


async def _play(stage: DialogueServers, line: DialogueLine) -> None:
    instance = stage.find(line.who)
    async with transaction(instance.pool) as conn:
        actor = await actors.get_local(conn, stage.talk.owner if line.who == "owner" else stage.talk.partner)
        listing = await listings.find_by_listing_uri(conn, stage.uri)
        assert listing is not None
        await _act(conn, instance, actor, listing, line)
    await notify_work(instance.pool)
    await _wait_until_both_know(stage)


async def _act(conn: Connection, instance: Instance, actor: Actor, listing: Listing, line: DialogueLine) -> None:
    site, said = instance.site, Said(text=line.text)
    held = await _find(conn, listing)
    match line.act:
        case "ask":
            await request(conn, site, actor, listing, make_terms(listing, line), said)
        case "say":
            await _send_message(conn, instance, actor, listing, line.text)
        case "counter" if held is not None:
            await counter(conn, site, actor, held, make_terms(listing, line), said)
        case "accept" if held is not None:
            await accept(conn, site, actor, held)
        case "out" | "back" | "done" if held is not None:
            step: Step = line.act
            await report(conn, site, actor, held, step)
        case "thank" if held is not None:
            await thank(conn, site, actor, held, ThanksNote(text=line.text, public=line.for_all))


async def _send_message(conn: Connection, instance: Instance, actor: Actor, listing: Listing, text: str) -> None:
    [thread] = await exchanges.list_by_listing(conn, listing.id)
    last = await exchange_messages.find_last_message(conn, thread.id, thread.other_of(actor.id))
    parent = await posts.find_visible(conn, last, actor.id) if last is not None else None
    other = await actors.get(conn, thread.other_of(actor.id))
    draft = notes.NoteDraft(text=f"@{other.handle} {text}", audience="direct")
    await notes.answer(conn, instance.site, actor, parent or listing.post, draft)


def make_terms(listing: Listing, line: DialogueLine) -> Terms:
    """What a line proposes: days from today on, whole ones unless it names hours."""
    details = listing.details
    begins_at, ends_at = (None if moment is None else _count_from_today(*moment) for moment in (line.begins, line.ends))
    return Terms(
        quantity=details.quantity,
        unit=details.unit,
        begins_at=begins_at,
        ends_at=ends_at,
        place=line.place,
        in_return=line.in_return,
    )


def _count_from_today(days: int, hour: int) -> datetime:
    day = datetime.now(PARIS).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS)


async def _find(conn: Connection, listing: Listing) -> Agreement | None:
    threads = await exchanges.list_by_listing(conn, listing.id)
    return await agreements.get_latest(conn, threads[0].id) if threads else None


async def _wait_until_both_know(stage: DialogueServers) -> None:
    """Until the two servers have as many lines of the same state."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            if await _look(stage.owner, stage.uri) == await _look(stage.partner, stage.uri):
                return
            await asyncio.sleep(0.05)


async def _look(instance: Instance, uri: str) -> tuple[str, bool, int]:
    """The state of the agreement, whether it is confirmed, and how many messages and thanks there are."""
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_listing_uri(conn, uri)
        threads = await exchanges.list_by_listing(conn, listing.id) if listing is not None else []
        if not threads or listing is None:
            return "", False, 0
        held = await _find(conn, listing)
        entries = await exchanges.list_entries(conn, threads[0].id, limit=200)
        events = await exchanges.list_events(conn, [entry.id for entry in entries])
    words = sum(entry.kind == "message" for entry in entries) + sum(event.kind == "thanked" for event in events)
    return ("", False, words) if held is None else (held.state, held.verified, words)
