"""Of which listings nobody here knows when they are free: it is said, and their servers are asked for the next time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from inbox.exchanges import calendars
from models.listings import listings
from models.searches.free_days import list_told_calendars
from models.store.database import connection, transaction
from web.pages.components.listing_cards import ListingCard

OLD = timedelta(days=1)
"""A calendar that was told before this is asked for again."""


async def mark_unknown(instance: Instance, cards: Iterable[ListingCard], *, member: bool) -> list[ListingCard]:
    """The same small ads; those whose calendar has not come say so.

    Calendars are asked for in the background, for members alone: machines look at everything.
    """
    cards = list(cards)
    async with connection(instance.pool) as conn:
        told = {one.listing_id: one.told_at for one in await list_told_calendars(conn, [card.id for card in cards])}
    if member:
        await _ask_again(instance, told)
    return [replace(card, calendar_unknown=card.id in told and told[card.id] is None) for card in cards]


async def _ask_again(instance: Instance, told: Mapping[int, datetime | None]) -> None:
    """Of those that have not come, or came long ago."""
    fresh_from = datetime.now(UTC) - OLD
    missing = [id for id, at in told.items() if at is None or at < fresh_from]
    if not missing:
        return
    async with transaction(instance.pool) as conn:
        for listing in (await listings.list_by_posts(conn, missing)).values():
            await calendars.ask(conn, listing)
