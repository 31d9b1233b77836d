"""The third door of a listing: whether somebody without any account may answer it by mail."""

from typing import Literal

from aiohttp import web

from models.listings.listings import Listing
from models.store.database import Connection
from outbox.exchanges.guests import are_welcome
from web.http.app_keys import INSTANCE

ContactOption = Literal["", "open", "no_mail"]
"""No such door; one that opens; one that would, but for a mail server."""


async def find_contact_option(conn: Connection, request: web.Request, listing: Listing) -> ContactOption:
    """How the door of this listing stands."""
    if not await are_welcome(conn, listing):
        return ""
    return "no_mail" if request.app[INSTANCE].settings.smtp_url is None else "open"


def contact_form_path(listing_id: int) -> str:
    """Where the door leads."""
    return f"/annonces/d/{listing_id}/courriel"
