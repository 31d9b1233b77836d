"""Add: somebody pins a post of theirs (AX19)."""

from federation.vocabulary.activities import Add
from inbox.relations import require_featured
from models.actors import Actor
from models.database import Connection
from models.settings import Site


async def handle_add(conn: Connection, site: Site, sender: Actor, activity: Add) -> None:
    """Checked, and not kept: profiles here show what was published, newest first."""
    await require_featured(conn, sender, activity.target, activity.object)
