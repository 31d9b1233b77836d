"""What hangs on our posts and actors: pictures, hashtags, mentions and places."""

from collections.abc import Iterable

from federation.media.media_uris import media_url, thumbnail_url
from federation.uris import tag_url
from federation.vocabulary.parts import Document, Hashtag, Mention
from federation.vocabulary.places import Place
from models.listings.listings import ListingDetails
from models.people.actors import Actor
from models.posts import Tag
from models.posts.media.media import Media
from models.settings import Site


def build_documents(site: Site, media: Iterable[Media], title: str = "") -> tuple[Document, ...]:
    """The pictures, films and sounds of a post, alternative text in `name`: the `title` where nobody wrote any."""
    return tuple(
        Document(
            url=media_url(site, one),
            media_type=one.mime_type,
            name=one.description or title,
            width=one.width,
            height=one.height,
            blurhash=one.blurhash,
            focal_point=None if one.focus_x is None or one.focus_y is None else (one.focus_x, one.focus_y),
            duration=one.duration,
            poster=None if one.type == "image" else thumbnail_url(site, one),
        )
        for one in media
    )


def build_picture(site: Site, media: Media | None) -> Document | None:
    """An actor's icon or header."""
    if media is None:
        return None
    return Document(type="Image", url=media_url(site, media), media_type=media.mime_type, name=media.description)


def build_hashtags(site: Site, tags: Iterable[Tag]) -> tuple[Hashtag, ...]:
    """Hashtags with their pages here."""
    return tuple(Hashtag(name=tag.name, href=tag_url(site, tag.name)) for tag in tags)


def build_mentions(actors: Iterable[Actor]) -> tuple[Mention, ...]:
    """People named in a text, by their full handles."""
    return tuple(Mention(href=actor.uri, name=f"@{actor.handle}") for actor in actors)


def build_place(of: ListingDetails | Actor) -> Place | None:
    """Where a listing or an actor is, as far as others may know: the record holds nothing more exact."""
    if not of.place_name:
        return None
    point = _read_point(of)
    latitude, longitude = point or (None, None)
    return Place(
        name=of.place_name,
        latitude=latitude,
        longitude=longitude,
        radius=of.radius if point else None,
        street=_read_street(of),
        postcode=of.postcode or "",
        locality=of.place_name.partition(" (")[0],
        country="FR",
    )


def _read_point(of: ListingDetails | Actor) -> tuple[float, float] | None:
    """To about a metre."""
    if of.latitude is None or of.longitude is None:
        return None
    return round(of.latitude, 5), round(of.longitude, 5)


def _read_street(of: ListingDetails | Actor) -> str:
    """Of places that one goes to, never of people."""
    return (of.street or "") if isinstance(of, Actor) and of.type != "Person" else ""
