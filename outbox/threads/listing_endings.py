"""A listing is over: whoever is talking about it with its author is told, and it stands in the conversation."""

from models.exchanges import exchanges
from models.exchanges.exchanges import Exchange
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import speaks
from outbox.posts import notes
from outbox.threads.messages import may_write
from outbox.threads.notices import write_notice

ENDED = {
    "fr": "« {title} » : l’annonce s’est arrêtée. Vous en parliez avec {name} : la conversation reste ouverte.",
    "en": "“{title}”: the listing has ended. You were talking about it with {name}: the conversation stays open.",
}


async def tell_talking(conn: Connection, site: Site, author: Actor, listing: Listing) -> int:
    """Say in each conversation that is not settled that the listing is over; how many.

    Members are told by the cooperative too, as their apps show it, and so are people whose server reads no state of
    listings; guests by mail, and members of other cooperatives by the Update that goes there.
    """
    talking = await exchanges.list_talking(conn, listing.id)
    for thread in talking:
        await _tell(conn, site, author, listing, thread)
    return len(talking)


async def note_in_copies(conn: Connection, listing_id: int, *, told: bool) -> None:
    """A listing from elsewhere is over: it stands in the conversations of ours about it, and is read where her other
    news have `told` it.
    """
    for thread in await exchanges.list_talking(conn, listing_id):
        event_id = await exchanges.add_event(conn, thread.id, "listing_ended")
        if told and event_id is not None and thread.partner_read_id >= thread.last_id:
            await exchanges.mark_read(conn, thread.id, thread.partner_id, event_id)


async def _tell(conn: Connection, site: Site, author: Actor, listing: Listing, thread: Exchange) -> None:
    event_id = await exchanges.add_event(conn, thread.id, "listing_ended")
    if event_id is None:
        return
    if thread.owner_read_id >= thread.last_id:
        await exchanges.mark_read(conn, thread.id, author.id, event_id)  # her own news of its end say it already
    partner = await actors.get(conn, thread.partner_id)
    if thread.partner_muted or partner.guest or not await may_write(conn, author, partner):
        return
    words = {code: text.format(title=listing.details.title, name=author.display_name) for code, text in ENDED.items()}
    if partner.local:
        page = f"{site.url}/echanges/{thread.id}"
        await write_notice(conn, site, partner, thread, event_id, {code: f"{words[code]} {page}" for code in words})
    elif not speaks(partner):
        await _write(conn, site, partner, words["fr"])


async def _write(conn: Connection, site: Site, partner: Actor, words: str) -> None:
    """By the cooperative, as it is nothing that the author says."""
    coop = await actors.find_local(conn, "coop")
    if coop is None or coop.deleted_at is not None:
        return
    draft = notes.NoteDraft(
        text=f"@{partner.handle} {words}", audience="direct", language="fr", handles=(partner.handle,)
    )
    await notes.publish(conn, site, coop, draft)
