"""Who an object of ours is addressed to, on the wire, for each audience (OB5)."""

from dataclasses import dataclass

from federation.json.fields import PUBLIC
from models.people.actors import Actor
from models.posts import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`to` and `cc` of an object and of every activity about it."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()


def build_address(
    author: Actor, audience: Audience, *, stream_uri: str | None = None, named: tuple[str, ...] = ()
) -> Address:
    """The addressees. `named` are actor ids: people mentioned, or the coop actors of friends for `territories`."""
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
        case "coop" | "author":
            return Address(to=())
