"""Decisions of the team as they stand once they took effect, and their application."""

from datetime import UTC, datetime, timedelta

from models.ids import make_id
from models.moderation import cases
from models.moderation.decisions import DecisionKind, ModerationDecision, find
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, execute
from outbox.moderation.sanctions import apply_decisions
from tests.factories import HERE


async def rule(
    conn: Connection,
    actor: Actor,
    kind: DecisionKind,
    *,
    posts: tuple[int, ...] = (),
    lasts: timedelta | None = None,
    site: Site = HERE,
) -> ModerationDecision:
    """This was decided about somebody just now, and is in force."""
    id, now = make_id(), datetime.now(UTC)
    await execute(
        conn,
        """
        INSERT INTO moderation_decision (id, case_id, actor_id, kind, post_ids, rule, words, effective_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, 'Article 2', 'Ces annonces trompent vos voisins.', $6, $7)
        """,
        id,
        await cases.open_case(conn, actor.id, actor.display_name),
        actor.id,
        kind,
        list(posts),
        now,
        None if lasts is None else now + lasts,
    )
    await apply_decisions(conn, site, actor.id)
    found = await find(conn, id)
    assert found is not None
    return found
