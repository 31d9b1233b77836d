"""Addresses of uploads that wait for their post: what is signed opens to an app, which sends no cookie for a picture.

They open nothing once the post is there: its photos have the address that everybody knows, or are hidden.
"""

from federation.instance import Instance
from models.posts.media.concealed_media import ConcealedPicture
from models.posts.media.media import Media
from models.store.database import Connection
from web.security.signed_urls import read_signed, sign

PURPOSE = "media"

PARAMETER = "cle"


async def sign_address(conn: Connection, instance: Instance, media: Media) -> str:
    """What follows the address of a picture for whoever sent it; nothing where everybody sees it."""
    if media.post_id is not None or media.remote_url is not None:
        return ""
    return f"?{PARAMETER}={await sign(conn, instance.settings, PURPOSE, str(media.id))}"


async def opens(conn: Connection, instance: Instance, picture: ConcealedPicture, token: str) -> bool:
    """Whether it was signed for this picture, which still waits."""
    return picture.waits and await read_signed(conn, instance.settings, PURPOSE, token) == str(picture.id)
