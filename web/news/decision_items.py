"""What is new to a member about what the team decided about her."""

from collections.abc import Sequence

from models.moderation import decision_news, decisions
from models.news.news import News
from models.store.database import Connection
from web.news.staff_items import StaffNewsItem
from web.rendering.i18n import N_, Say

WORDS = {
    "decision": N_("L’équipe a pris une décision qui vous concerne"),
    "decision_ended": N_("Ce que l’équipe avait décidé ne vaut plus"),
    "appeal_answered": N_("L’équipe a répondu à votre recours"),
}
"""By the types that are told here."""

LONGEST = 120


async def list_decision_items(
    conn: Connection, say: Say, reader_id: int, rows: Sequence[News]
) -> dict[int, StaffNewsItem]:
    """These news by their ids; none of what is gone."""
    about = await decision_news.map_decisions(conn, [row.id for row in rows]) if rows else {}
    found = {
        one.id: one for one in await decisions.list_by_ids(conn, list(about.values())) if one.actor_id == reader_id
    }
    return {
        row.id: StaffNewsItem(
            words=say(WORDS[row.type]),
            what=" ".join(found[about[row.id]].rule.split())[:LONGEST],
            href=f"/compte/decisions/{about[row.id]}",
        )
        for row in rows
        if about.get(row.id) in found
    }
