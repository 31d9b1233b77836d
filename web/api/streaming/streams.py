"""The streams there are: how clients name them, what a token needs for each, and what tells one from another."""

from dataclasses import dataclass
from typing import Literal, get_args

from federation.texts.hashtags import fold
from models.access.tokens import Token
from models.errors import Forbidden, Invalid, NotFound
from models.relations import lists
from models.store.database import Pool, connection
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
    "list",
    "direct",
]

KINDS: tuple[StreamKind, ...] = get_args(StreamKind)

OF_PEOPLE = ("user", "user:notification", "direct")
"""The token says whose these are."""

PRIVATE = (*OF_PEOPLE, "list")
"""Nobody else may watch these."""

TAG_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: its kind, and of whom or of which tag (folded) it is. Everybody who watches the same has an equal."""

    kind: StreamKind
    of: int | str | None = None


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """A stream that somebody may watch; `names` is what its events say they are of: as it was asked for."""

    stream: Stream
    names: tuple[str, ...]


async def find_stream(pool: Pool, token: Token, name: str, parameters: Parameters) -> StreamRequest:
    """The stream of this name. Raises NotFound, Invalid without a tag, Forbidden when the token does not allow it."""
    wanted = read_stream(token, name, parameters)
    if wanted.stream.kind == "list":
        assert token.actor_id is not None and isinstance(wanted.stream.of, int)
        async with connection(pool) as conn:
            await lists.get(conn, token.actor_id, wanted.stream.of)
    return wanted


def read_stream(token: Token, name: str, parameters: Parameters) -> StreamRequest:
    """The same without looking whether there is such a list."""
    kind = _read_kind(name, parameters)
    scope = "read:notifications" if kind == "user:notification" else "read:statuses"
    if not token.allows(scope):
        raise Forbidden("insufficient_scope", scope=scope)
    if kind in PRIVATE and token.actor_id is None:
        raise Forbidden("user_token_required")
    if kind == "list":
        return StreamRequest(Stream(kind, parameters.id("list") or 0), (kind, parameters.text("list").strip()))
    if kind in OF_PEOPLE:
        return StreamRequest(Stream(kind, token.actor_id), (kind,))
    if kind.startswith("hashtag"):
        return _read_tag(kind, parameters)
    return StreamRequest(Stream(kind), (kind,))


def _read_kind(name: str, parameters: Parameters) -> StreamKind:
    if name.startswith("public") and not name.endswith(":media") and parameters.flag("only_media"):
        name = f"{name}:media"
    for kind in KINDS:
        if kind == name:
            return kind
    raise NotFound("stream_unknown")


def _read_tag(kind: StreamKind, parameters: Parameters) -> StreamRequest:
    tag = parameters.text("tag")[:TAG_LIMIT]
    if not fold(tag.strip().removeprefix("#")):
        raise Invalid("parameter_missing", name="tag", field="tag")
    return StreamRequest(Stream(kind, fold(tag.strip().removeprefix("#"))), (kind, tag))
