"""Where pictures are for everybody else: addresses on our own origin, also for pictures from elsewhere (pure)."""

from models.posts.media.media import Media
from models.settings import Site


def media_url(site: Site, media: Media) -> str:
    """The picture itself.

    A remote picture is served by us too (B-49: a member's browser never tells another server that she looks);
    films and sounds are not fetched, so theirs is the address where they are: show it as a link only.
    """
    if media.remote_url is None:
        return f"{media_origin(site)}/media/{media.file_key}"
    return remote_picture_url(site, media.id) if media.type == "image" else media.remote_url


def thumbnail_url(site: Site, media: Media) -> str | None:
    """The picture at 480 px, or the one that stands for a film or a sound; None where there is none."""
    if media.remote_url is None:
        return f"{media_origin(site)}/media/{media.thumbnail_key}" if media.thumbnail_key else None
    if media.type != "image" and media.poster_url is None:
        return None
    return f"{remote_picture_url(site, media.id)}/small"


def remote_picture_url(site: Site, media_id: int) -> str:
    """Our copy of a remote picture, made when somebody first asks for it."""
    return f"{media_origin(site)}/media/remote/{media_id}"


def media_origin(site: Site) -> str:
    """The origin that pictures are served from."""
    return site.media_url or site.url
