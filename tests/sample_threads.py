"""Threads in the village, as they are after some days: one in the middle of things, one agreed, one done, one new."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from models.exchanges import exchanges
from models.exchanges.agreements import Agreement, Terms
from models.exchanges.exchanges import Exchange
from models.listings.listings import Listing
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import Connection, execute
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.fulfilment import report
from outbox.threads.agreement_context import Said
from outbox.threads.messages import Words, write
from tests.sample_village import Village
from web.rendering.date_ranges import begin_at, end_at

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleThreads:
    """The agreements, by what they are about."""

    tent: Agreement
    sewing: Agreement
    drill: Agreement
    wanted: Agreement


def days(first: int, last: int, **changes: Any) -> Terms:
    """From one day until another, both included, counted from today."""
    today = datetime.now(PARIS).date()
    begin, end = today + timedelta(days=first), today + timedelta(days=last)
    return Terms(**({"begins_at": begin_at(begin), "ends_at": end_at(end)} | changes))


def said(actor: Actor, text: str = "") -> Said:
    """What somebody elsewhere says, under an id of their server."""
    return Said(text=text, uri=f"{actor.uri}/activities/t{next(_numbers)}")


async def find_thread(conn: Connection, listing: Listing, partner: Actor) -> Exchange:
    """The thread, which is there."""
    found = await exchanges.find(conn, listing_id=listing.id, partner_id=partner.id)
    assert found is not None
    return found


async def build(conn: Connection, village: Village) -> SampleThreads:
    """Everything, in the caller's transaction."""
    site, alice, bob, hocine = village.site, village.alice, village.bob, village.hocine
    await execute(conn, "UPDATE server SET software = 'declic', first_seen_at = now() - interval '1 year'")
    thread = await find_thread(conn, village.tent, bob)
    await write(conn, site, alice, thread, Words(text="Bonjour ! Avec plaisir. Il me la faut le dimanche soir."))
    tent = await request(
        conn, site, bob, village.tent, days(12, 16, place="À La Remise, retrait et retour"),
        said(bob, "On part à Wissant, à quatre et à vélo."),
    )  # fmt: skip
    tent = await counter(conn, site, alice, tent, days(12, 15, place="À La Remise, retrait et retour"))
    tent = await counter(
        conn, site, bob, tent,
        days(12, 15, place="À La Remise, retrait et retour", note="Rendue sèche."), said(bob),
    )  # fmt: skip
    sewing = await request(conn, site, alice, village.sewing, days(3, 5), Said(text="Pour un ourlet."))
    drill = await request(conn, site, alice, village.drill, days(1, 2, place="Chez moi"))
    drill = await accept(conn, site, hocine, drill)
    await report(conn, site, hocine, drill, "out")
    await report(conn, site, hocine, drill, "back")
    drill = await report(conn, site, alice, drill, "back")
    wanted = await request(conn, site, hocine, village.wanted, days(6, 6), Said(text="J’ai un diable."))
    return SampleThreads(tent=tent, sewing=sewing, drill=drill, wanted=wanted)
