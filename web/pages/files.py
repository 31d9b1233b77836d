"""Films, sounds and other files that hang on a post: a page links to them, since ours fetch and open none."""

from collections.abc import Iterable
from dataclasses import dataclass

from federation.media_uris import media_url
from models.media import Media, MediaType
from models.settings import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is no picture, where it lies, with the words that came with it."""

    kind: MediaType
    url: str
    words: str


def list_files(site: Site, media: Iterable[Media]) -> list[File]:
    """The attachments that are no pictures, in their order; ours without our own origin, as pictures are."""
    return [
        File(kind=one.type, url=media_url(site, one).removeprefix(site.url), words=one.description)
        for one in media
        if one.type != "image"
    ]
