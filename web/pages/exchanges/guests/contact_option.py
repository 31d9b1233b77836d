"""The third door of a listing: whether somebody without any account may answer it by mail."""

from typing import Literal

from aiohttp import web

from models.listings.listings import Listing
from models.store.database import Connection
from outbox.exchanges.guests import is_for_all
from web.http.app_keys import INSTANCE
from web.rendering.render import find_branding
from web.security.session import current_account

ContactOption = Literal["", "open", "no_mail"]
"""No such door; one that opens; one that would, but for a mail server."""


async def find_contact_option(conn: Connection, request: web.Request, listing: Listing) -> ContactOption:
    """How the door of this listing stands."""
    if not is_for_all(listing) or not (await find_branding(request, conn)).guests:
        return ""
    return "no_mail" if request.app[INSTANCE].settings.smtp_url is None else "open"


async def find_shown_option(conn: Connection, request: web.Request, listing: Listing) -> ContactOption:
    """The same for the page of the listing, which shows members no such door."""
    return "" if current_account(request) else await find_contact_option(conn, request, listing)


def contact_form_path(listing_id: int) -> str:
    """Where the door leads."""
    return f"/annonces/d/{listing_id}/courriel"
