"""Who signs a mail: the cooperative, where it is, when it is open, how it is reached."""

from dataclasses import dataclass, field
from typing import Any

from models import preferences
from models.settings import Site
from models.store.database import Connection
from web.rendering.branding import find_logo


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFooter:
    """What stands below a mail; what the cooperative has not told of itself is left out."""

    name: str
    url: str
    address: str = ""
    hours: dict[str, Any] = field(default_factory=dict)
    opening_hours: str = ""
    email: str = ""
    logo: str = ""


async def load_footer(conn: Connection, site: Site) -> MailFooter:
    """The cooperative as it signs now."""
    chosen = await preferences.load(conn)
    return MailFooter(
        name=chosen.name or site.host,
        url=site.url,
        address=chosen.address.strip(),
        hours=chosen.hours,
        opening_hours=chosen.opening_hours.strip(),
        email=chosen.contact_email,
        logo=find_logo(site, chosen),
    )
