"""Who an object of ours is addressed to, on the wire, for each audience (OB5)."""

from dataclasses import dataclass

from federation.json.fields import PUBLIC
from models import posts
from models.people.actors import Actor
from models.posts import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`to` and `cc` of an object and of every activity about it."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()


def build_address(
    author: Actor,
    audience: Audience,
    *,
    stream_uri: str | None = None,
    named: tuple[str, ...] = (),
    stays_in: str | None = None,
) -> Address:
    """The addressees. `named` are actor ids: people mentioned, or the coop actors of friends for `territories`.

    `stays_in` is the collection of the members of the community inside which it stays: they alone are addressed.
    """
    followers = author.followers_uri or ""
    streams = (stream_uri,) if stream_uri else ()
    match audience:
        case "network":
            return Address(to=(PUBLIC,), cc=(followers, *streams, *named))
        case "unlisted":
            return Address(to=(followers, *named), cc=(PUBLIC,))
        case "followers" | "territories":
            return Address(to=(followers, *named))
        case "direct":
            return Address(to=named)
        case "community" if stays_in is not None:
            return Address(to=(stays_in,))
        case _:
            return Address(to=())


def narrow(parent: Audience, wanted: Audience) -> Audience:
    """For whom an answer may be: not for more people than what it answers."""
    if parent in posts.PUBLIC or wanted == "direct":
        return wanted
    return parent if parent in ("coop", "community") else "direct"
