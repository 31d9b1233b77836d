"""A listing ends by itself, or stands longer; its author is told before, and when it came."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from federation.instance import Instance
from models.errors import Conflict
from models.exchanges import agreements
from models.listings import listing_expiry, listings
from models.listings.listing_duration import latest_end
from models.listings.listing_expiry import Ending, EndKind
from models.listings.listings import OVER, STANDING, Listing, ListingStatus
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.builders.texts.wording import write_day
from outbox.listings.listing_defaults import find_usual_end
from outbox.listings.listings import change, change_status
from outbox.threads.cooperative_messages import write_to_member

AT_ONCE = 50

NAMED = 5
"""Listings that one message names; of more it says how many they are."""

MINE = "/chez-moi"

ONE: dict[tuple[EndKind, str], str] = {
    ("before", "fr"): "Votre annonce « {title} » s’arrête le {day}. Pour qu’elle reste, ouvrez-la et choisissez "
    "« Prolonger » : {page}",
    ("before", "en"): "Your listing “{title}” ends on {day}. To keep it, open it and choose “Prolong”: {page}",
    ("ended", "fr"): "Votre annonce « {title} » s’est arrêtée le {day}, comme prévu. Pour la remettre, ouvrez-la et "
    "choisissez « Rouvrir et prolonger » : {page}",
    ("ended", "en"): "Your listing “{title}” ended on {day}, as planned. To put it back, open it and choose "
    "“Open again and prolong”: {page}",
}
MANY: dict[tuple[EndKind, str], str] = {
    ("before", "fr"): "Ces annonces à vous s’arrêtent bientôt : {titles}. Pour qu’elles restent : {page}",
    ("before", "en"): "These listings of yours end soon: {titles}. To keep them: {page}",
    ("ended", "fr"): "Ces annonces à vous se sont arrêtées, comme prévu : {titles}. Pour les remettre : {page}",
    ("ended", "en"): "These listings of yours ended, as planned: {titles}. To put them back: {page}",
}


async def prolong(conn: Connection, site: Site, author: Actor, uri: str) -> Listing:
    """It stands as much longer as one of its kind usually does, or without an end; what was closed is open again.

    Raises NotFound for others' listings, Conflict for one that stands as long as any may.
    """
    held = await listings.get_own(conn, uri, author.id)
    now = datetime.now(UTC)
    until = await _find_later_end(conn, author, held, now)
    status: ListingStatus = "open" if held.details.status in OVER else held.details.status
    if status == held.details.status and held.details.expires_at is None:
        raise Conflict("listing_without_end", field="expires_at")
    if until is not None and held.details.expires_at is not None and until <= held.details.expires_at:
        raise Conflict("listing_already_prolonged", field="expires_at")
    await listing_expiry.mark_read(conn, author.id, held.id)
    return await change(
        conn, site, author, held, replace(held.details, status=status, closed_reason=None, expires_at=until)
    )


async def prolong_from(conn: Connection, site: Site, author: Actor, uri: str, end: datetime) -> bool:
    """The same by a button beside which this end stood; False where it stands until another one already.

    So two taps on it, or one here and one in a mail, prolong once. Raises what `prolong` does.
    """
    held = await listings.get_own(conn, uri, author.id)
    await agreements.lock_listing(conn, held.id)
    details = (await listings.get_own(conn, uri, author.id)).details
    if details.status in STANDING and (details.expires_at is None or not is_same_end(details.expires_at, end)):
        return False
    await prolong(conn, site, author, uri)
    return True


def is_same_end(one: datetime, other: datetime) -> bool:
    """Pages and mails name an end by its second."""
    return int(one.timestamp()) == int(other.timestamp())


async def _find_later_end(conn: Connection, author: Actor, held: Listing, now: datetime) -> datetime | None:
    until = await find_usual_end(conn, author, held.details, max(held.details.expires_at or now, now))
    if until is None:
        return None
    return min(until, latest_end(now))


async def expire(conn: Connection, site: Site, listing: Listing) -> Listing:
    """Its time has passed."""
    author = await actors.get(conn, listing.post.author_id)
    return await change_status(conn, site, author, listing, "expired", None)


async def expire_due(instance: Instance) -> int:
    """Close what has passed its time, some at a time, and tell authors of ends; how many were closed. A chore.

    What somebody has asked for or agreed on stays until that is settled.
    """
    total = 0
    while True:
        async with transaction(instance.pool) as conn:
            due = await listing_expiry.list_due(conn, limit=AT_ONCE)
            for listing in due:
                await expire(conn, instance.site, listing)
        total += len(due)
        if len(due) < AT_ONCE:
            break
    await notify_ends(instance)
    return total


async def notify_ends(instance: Instance) -> int:
    """Tell authors of ends that come and that came, each once, in one message; how many ends."""
    total = 0
    while True:
        async with transaction(instance.pool) as conn:
            untold = await listing_expiry.list_unnotified(conn, limit=AT_ONCE)
            for (author_id, kind), theirs in groupby(untold, key=lambda one: (one.author_id, one.kind)):
                await _notify_author(conn, instance.site, await actors.get(conn, author_id), kind, list(theirs))
        total += len(untold)
        if len(untold) < AT_ONCE:
            return total


async def _notify_author(conn: Connection, site: Site, author: Actor, kind: EndKind, endings: Sequence[Ending]) -> None:
    words = {language: _write(site, kind, language, endings) for language in ("fr", "en")}
    post = await write_to_member(conn, site, author, words)
    await listing_expiry.save_notified(conn, endings, post.id if post else None)


def _write(site: Site, kind: EndKind, language: str, endings: Sequence[Ending]) -> str:
    first = endings[0]
    if len(endings) == 1:
        day = write_day(first.ends_at, french=language == "fr")
        return ONE[kind, language].format(title=first.title, day=day, page=first.url)
    marks = "« {} »" if language == "fr" else "“{}”"
    titles = ", ".join(marks.format(one.title) for one in endings[:NAMED])
    page = f"{site.url}{MINE}" + ("" if kind == "before" else "?voir=finies")
    return MANY[kind, language].format(titles=titles + (" …" if len(endings) > NAMED else ""), page=page)
