"""What is new about decisions: to the team what it has to confirm or to answer, to a person what was decided."""

from collections.abc import Mapping, Sequence

from models.moderation import decisions
from models.moderation.decisions import ModerationDecision
from models.news import decision_notifications
from models.news.news import News
from models.people import accounts, actors
from models.people.actors import Actor
from models.people.roles import has_right
from models.store.database import Connection
from web.news.staff_items import StaffNewsItem
from web.rendering.i18n import N_, Say

TO_TEAM = {
    "second_asked": N_("Une décision à propos de %(who)s attend d’être confirmée à deux"),
    "appeal": N_("%(who)s conteste une décision de l’équipe"),
}

TO_PERSON = {
    "decision": N_("L’équipe a pris une décision qui vous concerne"),
    "decision_ended": N_("Ce que l’équipe avait décidé ne vaut plus"),
    "appeal_answered": N_("L’équipe a répondu à votre recours"),
}

TYPES = frozenset({*TO_TEAM, *TO_PERSON})

LONGEST = 120


async def list_decision_items(
    conn: Connection, say: Say, reader_id: int, rows: Sequence[News]
) -> dict[int, StaffNewsItem]:
    """These news by their ids; to the team none that is about the reader, or not hers to settle any more."""
    if not rows:
        return {}
    about = await decision_notifications.map_decisions(conn, [row.id for row in rows])
    found = {one.id: one for one in await decisions.list_by_ids(conn, list(about.values()))}
    people = await actors.map_by_ids(conn, [one.actor_id for one in found.values() if one.actor_id])
    settles = has_right(await accounts.get(conn, reader_id), "reports")
    told: dict[int, StaffNewsItem] = {}
    for row in rows:
        decision = found.get(about.get(row.id, 0))
        item = _tell(say, reader_id, row, decision, people) if decision is not None else None
        if item is not None and (settles or row.type in TO_PERSON):
            told[row.id] = item
    return told


def _tell(
    say: Say, reader_id: int, row: News, decision: ModerationDecision, people: Mapping[int, Actor]
) -> StaffNewsItem | None:
    own = decision.actor_id == reader_id
    if row.type in TO_PERSON:
        href = f"/compte/decisions/{decision.id}"
        return StaffNewsItem(words=say(TO_PERSON[row.type]), what=_line(decision.rule), href=href) if own else None
    person = people.get(decision.actor_id or 0)
    if own or person is None:
        return None
    words = say(TO_TEAM[row.type], who=_line(person.display_name))
    return StaffNewsItem(words=words, what=_line(decision.rule), href=f"/coop/dossiers/{decision.case_id}")


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
