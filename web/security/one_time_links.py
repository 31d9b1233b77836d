"""The addresses of one-time links that are handed over without a mail."""

from models.access import one_time_links
from models.access.one_time_links import Purpose
from models.coop import shutdown
from models.moderation import journal
from models.people import accounts
from models.people.accounts import Account
from models.settings import Site
from models.store.database import Connection


async def make_setup_link(conn: Connection, site: Site) -> str | None:
    """The address of the first-run wizard; None once somebody administers this instance, or it ended."""
    if await accounts.has_admin(conn) or await shutdown.has_ended(conn):
        return None
    return f"{site.url}/installation/{await one_time_links.create(conn, 'setup')}"


async def make_member_link(
    conn: Connection, site: Site, actor_id: int, purpose: Purpose = "password", *, by: Account | None = None
) -> str:
    """The address with which a member enters (`login`), or chooses a password and enters (`password`).

    It stands in the journal that one was made; without `by` a command made it.
    """
    await journal.record(conn, "login_link_made", by=by, right="members", about_id=actor_id, purpose=purpose)
    token = await one_time_links.create(conn, purpose, actor_id=actor_id, lifetime=one_time_links.BY_HAND)
    return f"{site.url}/lien/{token}"
