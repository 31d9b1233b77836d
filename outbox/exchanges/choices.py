"""The owner says yes to one of several: whoever asked is told, and whoever only wrote too."""

from datetime import UTC, datetime

from models.exchanges import exchanges, own_exchanges, reserves
from models.exchanges.agreements import Agreement
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges import acts
from outbox.exchanges.agreements.turns import is_promised
from outbox.threads import messages
from outbox.threads.agreement_context import Said, lock_context
from outbox.threads.waiting_requests import TO_STAY, write_chosen, write_no


async def choose(conn: Connection, site: Site, owner: Actor, agreement: Agreement, said: Said) -> Agreement:
    """Say yes to this one, after a warning of what the others read; a second tap tells nobody anything.

    Raises what `acts.perform` raises.
    """
    held = (await lock_context(conn, agreement.id)).agreement
    if acts.is_so(held, owner, "accept", said):
        return held
    done = await acts.perform(conn, site, owner, agreement, "accept", said)
    listing = await listings.find_by_post(conn, done.listing_id)
    if listing is None or not await is_promised(conn, listing):
        return done
    until = datetime.now(UTC) + TO_STAY
    for thread in await list_talkers(conn, listing.id, owner.id):
        partner = await actors.get(conn, thread.partner_id)
        if await messages.may_write(conn, owner, partner):
            await reserves.offer(conn, listing.id, partner.id, since=thread.created_at, until=until)
            text = write_no(partner, write_chosen(listing.details, said.others))
            await messages.write(conn, site, owner, thread, messages.Words(text=text))
    return done


async def list_talkers(conn: Connection, listing_id: int, owner_id: int) -> list[Exchange]:
    """Threads of those who wrote about a listing, asked for nothing, and stand on no list yet."""
    standing = {one.actor_id for one in await reserves.list_places(conn, listing_id)}
    found = await own_exchanges.list_about(conn, owner_id, listing_id)
    talking = [one for one in found if one.state is None and one.other_id not in standing]
    return [await exchanges.get_for(conn, one.id, owner_id) for one in talking]
