"""The streams there are: how clients name them, what a token needs for each, and what tells one from another."""

from dataclasses import dataclass
from typing import Literal, get_args

from federation.hashtags import fold
from models.errors import Forbidden, Invalid, NotFound
from models.tokens import Token
from web.api.parameters import Parameters

StreamKind = Literal[
    "user",
    "user:notification",
    "public",
    "public:media",
    "public:local",
    "public:local:media",
    "public:remote",
    "public:remote:media",
    "hashtag",
    "hashtag:local",
    "direct",
]

KINDS = get_args(StreamKind)

OF_PEOPLE = ("user", "user:notification", "direct")
"""The token says whose these are."""

TAG_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: its kind, and of whom or of which tag (folded) it is. Everybody who watches the same has an equal."""

    kind: StreamKind
    of: int | str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stream that somebody may watch; `names` is what its events say they are of: as it was asked for."""

    stream: Stream
    names: tuple[str, ...]


def find_stream(token: Token, name: str, parameters: Parameters) -> Wanted:
    """The stream of this name. Raises NotFound, Invalid without a tag, Forbidden when the token does not allow it."""
    if name.startswith("public") and not name.endswith(":media") and parameters.flag("only_media"):
        name = f"{name}:media"
    kind = next((kind for kind in KINDS if kind == name), None)
    if kind is None:
        raise NotFound("There is no such stream.")
    scope = "read:notifications" if kind == "user:notification" else "read:statuses"
    if not token.allows(scope):
        raise Forbidden(f"This stream is outside the authorized scopes: it needs {scope}.")
    if kind in OF_PEOPLE:
        if token.actor_id is None:
            raise Forbidden("This stream needs the token of a person, not of an application alone.")
        return Wanted(Stream(kind, token.actor_id), (kind,))
    if kind.startswith("hashtag"):
        tag = parameters.text("tag").strip().removeprefix("#")[:TAG_LIMIT]
        if not fold(tag):
            raise Invalid("Say which tag: tag=offre.", field="tag")
        return Wanted(Stream(kind, fold(tag)), (kind, parameters.text("tag")[:TAG_LIMIT]))
    return Wanted(Stream(kind), (kind,))
