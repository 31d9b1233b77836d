"""What is new to whoever wants to be told of a search: one line for all that an alert found since, however much."""

from collections.abc import Sequence

from models.news.news import News
from models.people import accounts
from models.searches.alerts import alert_finds, alerts, matches
from models.searches.alerts.alert_finds import ToldAlert
from models.searches.alerts.matches import ToldMatches
from models.store.database import Connection
from web.news.staff_items import StaffNewsItem
from web.rendering.i18n import N_, Say
from web.rendering.search_words import describe_search, lower_first

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
    told = await alert_finds.list_told(conn, reader_id, ids)
    known = {one.id: one for one in await alerts.list_own(conn, reader_id)} if told else {}
    found = {one.notification_id: _build(say, one, describe_search(say, language, known[one.alert_id])) for one in told}
    fitting = await matches.list_told(conn, reader_id, ids)
    return found | {one.notification_id: _build_match(say, one) for one in fitting}


def _build(say: Say, one: ToldAlert, watched: str) -> StaffNewsItem:
    """One leads to the listing, several to what the alert found."""
    return StaffNewsItem(
        words=describe_count(say, one.count, watched),
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


def describe_count(say: Say, count: int, watched: str) -> str:
    """ "12 annonces nouvelles pour votre alerte : les offres pour « tente », en prêt"."""
    watched = lower_first(watched)
    if count == 1:
        return say(N_("Une annonce nouvelle pour votre alerte : %(watched)s"), watched=watched)
    return say(N_("%(count)s annonces nouvelles pour votre alerte : %(watched)s"), count=count, watched=watched)
