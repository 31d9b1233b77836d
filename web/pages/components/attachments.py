"""Films, sounds and other files that hang on a post: ours are played on the page, others' are where they are.

A page never loads anything from another server: it would learn who looks (B-49). Of a film from elsewhere the picture
that stands for it comes through us, as photos do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from federation.media.media_uris import media_url, thumbnail_url
from federation.sandbox.films import EVERYWHERE
from inbox.posts.contents import write_duration
from models.posts.media.media import Media, MediaType
from models.settings import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What is no picture, where it lies, with the words that came with it and the picture that stands for it.

    `here` is whether it lies with us, `everywhere` whether every browser plays it; `length` is written as a clock does.
    """

    kind: MediaType
    url: str
    mime: str
    words: str
    poster: str
    length: str
    width: int | None
    height: int | None
    here: bool
    everywhere: bool


def list_attachments(site: Site, media: Iterable[Media]) -> list[Attachment]:
    """The attachments that are no pictures, in their order; ours without our own origin, as pictures are."""
    return [_describe(site, one) for one in media if one.type != "image"]


def _describe(site: Site, one: Media) -> Attachment:
    poster = None if one.failed_at else thumbnail_url(site, one)
    made_of = {one.measures[name] for name in ("film", "sound") if name in one.measures}
    return Attachment(
        kind=one.type,
        url=media_url(site, one).removeprefix(site.url),
        mime=one.mime_type,
        words=one.description,
        poster=(poster or "").removeprefix(site.url),
        length=write_duration(max(1, round(one.duration))) if one.duration else "",
        width=one.width,
        height=one.height,
        here=one.remote_url is None,
        everywhere=made_of <= EVERYWHERE,
    )
