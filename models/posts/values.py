"""A post and what is stored for one; PUBLIC are the audiences that anybody may read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

PostKind = Literal["note", "listing", "notice"]
"""A notice is what this server tells one member about a thread: hers alone, by nobody's hand, never sent."""
Audience = Literal["network", "unlisted", "coop", "territories", "followers", "direct", "author", "community"]
"""`community` stays inside the one that `community_id` names. `author`: hidden by the team, or held before it was ever
published; never chosen by anybody.
"""

PUBLIC: tuple[Audience, ...] = ("network", "unlisted")
"""Audiences that anybody may read."""

EVERYBODY = "https://www.w3.org/ns/activitystreams#Public"
"""Among the `to_uris` of a post from elsewhere: its author wants it in lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One listing or note, here or from elsewhere. `content` is cleaned HTML, `source` what a local author typed.

    `thanks_for` is the economic event that a note of ours thanks for. While `hidden_at` is set, `audience` is `author`
    and `hidden_audience` what it was.
    """

    id: int
    uri: str
    kind: PostKind
    local: bool
    author_id: int
    url: str
    audience: Audience
    content: str
    source: str
    warning: str
    sensitive: bool
    language: str | None
    in_reply_to_uri: str | None
    in_reply_to_id: int | None
    context_uri: str | None
    root_id: int | None
    to_uris: list[str]
    cc_uris: list[str]
    published_at: datetime
    updated_at: datetime | None
    received_at: datetime
    deleted_at: datetime | None
    thanks_for: str | None = None
    hidden_at: datetime | None = None
    hidden_audience: Audience | None = None
    community_id: int | None = None

    @property
    def has_warning(self) -> bool:
        """Whether its photos are folded away until they are asked for."""
        return self.sensitive or bool(self.warning)

    @property
    def meant_audience(self) -> Audience:
        """The audience that its author gave it; `audience` is narrower while it waits (`waiting_posts`) or
        is hidden.
        """
        held = self.hidden_audience or self.audience
        if self.local or held not in ("unlisted", "followers"):
            return held
        if held == "unlisted":
            return "network" if EVERYBODY in self.to_uris else "unlisted"
        return "territories" if self.kind == "listing" else "followers"

    @property
    def waits(self) -> bool:
        """Whether it stands in no list because nobody here knows its host."""
        return (self.hidden_audience or self.audience) != self.meant_audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A hashtag: `tag` folded for comparing ("offrelomme"), `name` as shown ("OffreLomme")."""

    tag: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """What is stored for a post, whoever wrote it. `mention_ids` are named in the text, `silent_ids` only addressed.

    `id` only where it takes the place of another moment than this. What is `hidden` waits for a look: it is no news.
    """

    uri: str
    kind: PostKind
    local: bool
    author_id: int
    url: str
    audience: Audience
    content: str
    source: str = ""
    warning: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to_uri: str | None = None
    context_uri: str | None = None
    to_uris: tuple[str, ...] = ()
    cc_uris: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[Tag, ...] = ()
    mention_ids: tuple[int, ...] = ()
    silent_ids: tuple[int, ...] = ()
    raw: dict[str, Any] | None = None
    id: int | None = None
    thanks_for: str | None = None
    hidden: bool = False
    community_id: int | None = None


def renew(post: Post, at: datetime) -> NewPost:
    """A listing or a meeting of ours as it stands, about to be saved again; who is addressed is said anew."""
    return NewPost(
        uri=post.uri,
        kind=post.kind,
        local=True,
        author_id=post.author_id,
        url=post.url,
        audience=post.meant_audience,
        content=post.content,
        source=post.source,
        warning=post.warning,
        sensitive=post.sensitive,
        language=post.language,
        context_uri=post.context_uri,
        published_at=post.published_at,
        updated_at=at,
        community_id=post.community_id,
    )
