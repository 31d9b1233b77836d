"""A decision that nobody of the team makes on a page: by a command, or about a post that waits for a look."""

from dataclasses import dataclass
from datetime import datetime

from models.moderation import cases, decisions
from models.moderation.decisions import DecisionKind, ModerationDecision, NewDecision
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.moderation import sanctions, statements


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectRuling:
    """What is decided. `words` are what the person reads, `rule` what it rests on; `by` is nobody for a command."""

    kind: DecisionKind
    words: str
    rule: str = ""
    post_ids: tuple[int, ...] = ()
    ends_at: datetime | None = None
    by: int | None = None


async def decide(conn: Connection, site: Site, about: Actor, ruling: DirectRuling) -> int:
    """Keep it in the case of this person, tell her, and put it into effect; its id.

    Raises Invalid for whoever administers alone.
    """
    await sanctions.require_another_admin(conn, about.id, ruling.kind)
    case_id = await cases.open_case(conn, about.id, about.display_name)
    new = NewDecision(
        case_id=case_id,
        actor_id=about.id,
        kind=ruling.kind,
        decided_by=ruling.by,
        post_ids=ruling.post_ids,
        rule=ruling.rule,
        words=ruling.words,
        ends_at=ruling.ends_at,
        reported=False,
    )
    decision = await decisions.save(conn, new)
    await statements.tell(conn, site, decision, "decided")
    await sanctions.apply_decisions(conn, site, about.id)
    await cases.close_settled(conn, case_id)
    return decision.id


async def take_back(conn: Connection, site: Site, decision: ModerationDecision, *, words: str = "") -> None:
    """It holds no more, what it did is undone whole, and the person is told."""
    await sanctions.take_back(conn, site, decision, by=None, words=words)
    await statements.tell(conn, site, decision, "taken_back")
