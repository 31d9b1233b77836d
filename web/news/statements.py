"""A decision as the person reads it: what, since when and until when, why, by how many, and how to object.

Who reported is never part of it (DSA art. 17 asks for facts, rule, means and remedies, not for names).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from federation.texts.html_cleaner import to_text
from models import posts
from models.listings import listings
from models.moderation import appeals, deciders, decisions
from models.moderation.appeals import Appeal
from models.moderation.decisions import APPEAL_TIME, DecisionKind, ModerationDecision
from models.people import actors
from models.store.database import Connection
from outbox.moderation.case_appeals import may_object
from outbox.moderation.statements import Occasion

EXTRACT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the page, the mail and the preview of a decision say. `things` are what is hidden, as titles or beginnings.

    `object_until` is None where it is too late, or was done; `elsewhere` says it to somebody of another server;
    `impartial` whether somebody who had no part in it can answer an appeal.
    """

    kind: DecisionKind
    days: int | None
    ends_at: datetime | None
    rule: str
    words: str
    things: list[str]
    by_two: bool
    reported: bool
    decided_at: datetime | None
    object_until: datetime | None
    appeal: Appeal | None = None
    taken_back_words: str = ""
    occasion: Occasion = "decided"
    elsewhere: bool = False
    impartial: bool = True


async def load_statement(conn: Connection, decision: ModerationDecision, occasion: Occasion | None = None) -> Statement:
    """The statement of a decision; without an `occasion`, of what happened to it last."""
    extra = (await decisions.map_extras(conn, [decision.id]))[decision.id]
    appeal, now = await appeals.find(conn, decision.id), datetime.now(UTC)
    people = await actors.list_by_ids(conn, [decision.actor_id] if decision.actor_id else [])
    open_to_objection = may_object(decision, now) and appeal is None
    return Statement(
        kind=decision.kind,
        days=extra.days,
        ends_at=decision.ends_at,
        rule=decision.rule,
        words=decision.words,
        things=await name_posts(conn, decision.post_ids),
        by_two=decision.seconded_at is not None,
        reported=extra.reported,
        decided_at=decision.effective_at,
        object_until=decision.effective_at + APPEAL_TIME if decision.effective_at and open_to_objection else None,
        appeal=appeal,
        taken_back_words=decision.taken_back_words,
        occasion=occasion or _find_occasion(decision, appeal, now),
        elsewhere=any(not person.local for person in people),
        impartial=bool(await deciders.list_impartial(conn, decision.case_id)),
    )


def _find_occasion(decision: ModerationDecision, appeal: Appeal | None, now: datetime) -> Occasion:
    if appeal is not None and appeal.outcome is not None:
        return "answered"
    if decision.taken_back_at is not None:
        return "taken_back"
    return "ended" if decision.ends_at is not None and decision.ends_at <= now else "decided"


async def name_posts(conn: Connection, post_ids: list[int]) -> list[str]:
    """What each of these posts is called: its title, or how it begins."""
    titled = await listings.list_by_posts(conn, post_ids)
    found = {post.id: post for post in await posts.list_by_ids(conn, post_ids)}
    return [
        titled[id].details.title if id in titled else (post.warning or to_text(post.content))[:EXTRACT]
        for id, post in found.items()
    ]
