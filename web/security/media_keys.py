"""Addresses of pictures that are not for everybody: what is signed opens to an app, which sends no cookie for them.

Those of uploads that wait for their post open nothing once the post is there: its photos have the address that
everybody knows, or are hidden.
"""

from federation.instance import Instance
from models import posts
from models.posts.media.concealed_media import ConcealedPicture
from models.posts.media.media import Media
from models.settings import Settings
from models.store.database import Connection
from web.security.signed_urls import read_signed, sign

PURPOSE = "media"

INSIDE = "media inside a community"

PARAMETER = "cle"


async def sign_address(conn: Connection, instance: Instance, media: Media) -> str:
    """What follows the address of a picture for whoever sent it; nothing where everybody sees it."""
    if media.post_id is not None or media.remote_url is not None:
        return ""
    return f"?{PARAMETER}={await sign(conn, instance.settings, PURPOSE, str(media.id))}"


async def sign_for_reader(conn: Connection, settings: Settings, media_id: str, reader_id: int) -> str:
    """What follows the address of a picture inside a community for one of its members."""
    return f"?{PARAMETER}={await sign(conn, settings, INSIDE, f'{media_id}:{reader_id}')}"


async def opens(conn: Connection, instance: Instance, picture: ConcealedPicture, token: str) -> bool:
    """Whether it was signed for this picture, which still waits, or for a reader who is in its community still."""
    if picture.inside and picture.post_id is not None:
        said = await read_signed(conn, instance.settings, INSIDE, token)
        media_id, _, reader_id = (said or "").partition(":")
        return media_id == str(picture.id) and bool(await posts.filter_visible(conn, [picture.post_id], int(reader_id)))
    return picture.waits and await read_signed(conn, instance.settings, PURPOSE, token) == str(picture.id)
