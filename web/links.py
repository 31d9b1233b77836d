"""The addresses of one-time links that are handed over without a mail."""

from models import accounts, links
from models.database import Connection
from models.links import Purpose
from models.settings import Site


async def make_setup_link(conn: Connection, site: Site) -> str | None:
    """The address of the first-run wizard; None once somebody administers this instance."""
    if await accounts.has_admin(conn):
        return None
    return f"{site.url}/installation/{await links.create(conn, 'setup')}"


async def make_member_link(conn: Connection, site: Site, actor_id: int, purpose: Purpose = "password") -> str:
    """The address with which a member enters (`login`), or chooses a password and enters (`password`)."""
    token = await links.create(conn, purpose, actor_id=actor_id, lifetime=links.BY_HAND)
    return f"{site.url}/lien/{token}"
