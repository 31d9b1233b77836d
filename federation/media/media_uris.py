"""Where pictures are for everybody else: addresses on our own origin, also for pictures from elsewhere (pure)."""

from federation.sandbox.pictures import COPY_SIDES
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


def square_url(site: Site, media: Media) -> str | None:
    """Its middle for lists, in WebP; None where there is no picture."""
    return _copy_url(site, media, "square", own_thumbnail="small" in media.measures)


def source_set(site: Site, media: Media) -> str:
    """The picture in WebP for pages, in the widths among which a browser chooses (HTML, `srcset`); empty for none."""
    if media.type != "image" or (media.remote_url is None and media.file_key is None):
        return ""
    measures = media.width or 4, media.height or 3  # only their ratio counts where they are not known
    known = media.width is not None and media.height is not None
    widths = {}
    for name in ("medium", "large"):
        side = COPY_SIDES[name]
        scale = side / max(measures)
        width = round(measures[0] * (min(1.0, scale) if known else scale))
        widths[max(1, width)] = f"{_copy_url(site, media, name)} {max(1, width)}w"
    return ", ".join(widths.values())


def _copy_url(site: Site, media: Media, name: str, *, own_thumbnail: bool = False) -> str | None:
    if media.remote_url is not None:
        if media.type != "image" and media.poster_url is None:
            return None
        return f"{remote_picture_url(site, media.id)}/{name}"
    key = media.file_key if media.type == "image" and not own_thumbnail else media.thumbnail_key
    return f"{media_origin(site)}/media/{key.partition('.')[0]}.{name}.webp" if key else None


def remote_picture_url(site: Site, media_id: int) -> str:
    """Our copy of a remote picture, made when somebody first asks for it."""
    return f"{media_origin(site)}/media/remote/{media_id}"


def media_origin(site: Site) -> str:
    """The origin that pictures are served from."""
    return site.media_url or site.url
