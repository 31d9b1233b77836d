"""A decision that takes effect at once: kept with its reasons, put into effect, and told to whom it is about."""

from dataclasses import dataclass
from datetime import datetime

from models.moderation import cases, decisions
from models.moderation.decisions import DecisionKind, EffectiveDecision, ModerationDecision
from models.news import held_post_news
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.moderation import sanctions


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is decided. `words` are what the person reads, `rule` what it rests on; `by` is nobody for a command."""

    kind: DecisionKind
    words: str
    rule: str = ""
    post_ids: tuple[int, ...] = ()
    ends_at: datetime | None = None
    by: int | None = None


async def decide(conn: Connection, site: Site, about: Actor, ruling: Ruling) -> int:
    """Keep it in the case of this person, put it into effect, and tell her; its id."""
    case_id = await cases.open_case(conn, about.id, about.display_name)
    new = EffectiveDecision(
        case_id=case_id,
        actor_id=about.id,
        kind=ruling.kind,
        post_ids=ruling.post_ids,
        rule=ruling.rule,
        words=ruling.words,
        ends_at=ruling.ends_at,
        decided_by=ruling.by,
    )
    id = await decisions.save_effective(conn, new)
    await sanctions.apply_decisions(conn, site, about.id)
    if about.local:
        await held_post_news.notify_decision(conn, about.id, id)
    return id


async def take_back(conn: Connection, site: Site, decision: ModerationDecision, *, words: str = "") -> None:
    """It holds no more, what it did is undone whole, and the person is told anew."""
    await sanctions.take_back(conn, site, decision, by=None, words=words)
    if decision.actor_id is not None:
        await held_post_news.notify_decision(conn, decision.actor_id, decision.id)
