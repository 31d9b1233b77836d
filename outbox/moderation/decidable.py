"""About whom nothing can be decided: the platform's own actors, who is gone, and who alone administers."""

from models.errors import Invalid
from models.moderation.cases import Case
from models.moderation.decisions import DecisionKind
from models.people import actors
from models.people.actors import BUILT_IN
from models.store.database import Connection
from outbox.moderation.sanctions import require_another_admin

OF_POSTS: frozenset[DecisionKind] = frozenset({"nothing", "hide"})
"""What touches nobody herself."""


async def require_decidable(conn: Connection, case: Case, kind: DecisionKind) -> None:
    """Raises Invalid where this cannot be decided about whom the case is about."""
    if kind in OF_POSTS:
        return
    found = await actors.list_by_ids(conn, [case.actor_id] if case.actor_id is not None else [])
    if not found:
        raise Invalid("nobody_to_decide_about", field="kind")
    if found[0].local and found[0].username in BUILT_IN:
        raise Invalid("built_in_actor", field="kind")
    await require_another_admin(conn, found[0].id, kind)
