"""What is new to whoever wants to be told of a search: one line for all that an alert found since, however much."""

from collections.abc import Sequence

from models.news.news import News
from models.people import accounts
from models.searches.alerts import alert_finds, matches
from models.searches.alerts.alert_finds import ToldAlert
from models.searches.alerts.matches import ToldMatches
from models.store.database import Connection
from web.news.staff_items import StaffNewsItem
from web.rendering.i18n import N_, Say
from web.rendering.search_words import name_search

ALERTS = frozenset({"saved_search", "match"})
"""The types that are told here."""

LONGEST = 120


async def list_alert_items(
    conn: Connection, say: Say, reader_id: int, rows: Sequence[News]
) -> dict[int, StaffNewsItem]:
    """These news by their ids; none where all of it was taken back, is over, or is hidden from her."""
    if not rows:
        return {}
    ids, language = [row.id for row in rows], (await accounts.get(conn, reader_id)).language
    found = {
        one.notification_id: _build(say, language, one) for one in await alert_finds.list_told(conn, reader_id, ids)
    }
    fitting = await matches.list_told(conn, reader_id, ids)
    return found | {one.notification_id: _build_match(say, one) for one in fitting}


def _build(say: Say, language: str, one: ToldAlert) -> StaffNewsItem:
    """One leads to the listing, several to what the alert found."""
    name = name_search(say, language, text=one.text, category=one.category, area=one.area)
    words = describe_count(say, one.count, name)
    return StaffNewsItem(
        words=words,
        what=" ".join(one.title.split())[:LONGEST] if one.count == 1 else "",
        href=f"/annonces/d/{one.listing_id}" if one.count == 1 else f"/alertes/{one.alert_id}",
        stop=f"/alertes/{one.alert_id}",
    )


def _build_match(say: Say, one: ToldMatches) -> StaffNewsItem:
    """One leads to the listing, several to those that fit."""
    single = N_("On propose près de chez vous ce que vous cherchez")
    if one.kind != "offer":
        single = N_("On cherche près de chez vous ce que vous proposez")
    return StaffNewsItem(
        words=say(single) if one.count == 1 else say(N_("%(count)s annonces vont avec les vôtres"), count=one.count),
        what=" ".join(one.title.split())[:LONGEST] if one.count == 1 else "",
        href=f"/annonces/d/{one.listing_id}" if one.count == 1 else "/alertes#correspondances",
        stop="/alertes/correspondances",
    )


def describe_count(say: Say, count: int, name: str) -> str:
    """ "12 annonces nouvelles pour « tente »"."""
    if count == 1:
        return say(N_("Une annonce nouvelle pour « %(name)s »"), name=name)
    return say(N_("%(count)s annonces nouvelles pour « %(name)s »"), count=count, name=name)
