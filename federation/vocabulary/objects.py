"""What people publish, in our form: anything shown like a post, and the tombstone that is left of it.

Texts are as received: HTML here is not cleaned (`federation/texts/html_cleaner` does that on the way into the
database).
"""

from dataclasses import dataclass, field
from datetime import datetime

from federation.errors import Malformed
from federation.json.fields import (
    MAX_CONTENT,
    PUBLIC,
    Json,
    audience,
    compact,
    each,
    flag,
    language,
    localized,
    many,
    moment,
    one,
    optional,
    page_url,
    seconds,
    text,
    types,
    uri,
    write_moment,
)
from federation.vocabulary.parts import (
    Document,
    Emoji,
    Hashtag,
    Link,
    Mention,
    is_picture,
    read_document,
    read_link,
    read_picture,
    read_tags,
    write_document,
    write_hashtag,
    write_mention,
)
from federation.vocabulary.places import Place, read_place, write_place
from federation.vocabulary.polls import Poll, read_poll, write_poll
from federation.vocabulary.quotes import read_quoted, write_quote_link, write_quoted

MAX_ATTACHMENTS = 16
MAX_LINKS = 4

VOTES = frozenset({"Note", "Answer"})
"""Types of votes in polls; Pleroma calls them Answers among its own."""

PLAYED = frozenset({"Video", "Audio"})
"""Types of which `icon` is the poster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Anything that is shown like a post: a Note, or others' Article, Page, Video, Question…, told apart by `type`.

    `content` is HTML unless `media_type` says otherwise (PeerTube writes Markdown). `attributed_to` is None where
    it names nobody or several (B-22). `can_quote` lists who may quote without asking; `quote` is what it quotes itself,
    `quote_stamp` where whoever is quoted agrees to that. `thanks_for` is the EconomicEvent that the author thanks for,
    `poll` what a Question asks. `links` are the pages that it points to beside its text, `duration` how many seconds a
    film or a sound lasts.
    """

    id: str
    type: str = "Note"
    attributed_to: str | None = None
    name: str = ""
    summary: str = ""
    content: str = ""
    media_type: str = "text/html"
    language: str | None = None
    url: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    in_reply_to: str | None = None
    context: str | None = None
    replies: str | None = None
    likes: str | None = None
    shares: str | None = None
    sensitive: bool = False
    attachments: tuple[Document, ...] = ()
    links: tuple[Link, ...] = ()
    duration: int | None = None
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    location: Place | None = None
    can_quote: tuple[str, ...] = ()
    quote: str | None = None
    quote_stamp: str | None = None
    thanks_for: str | None = None
    poll: Poll | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return PUBLIC in self.to or PUBLIC in self.cc

    @property
    def may_be_vote(self) -> bool:
        """Whether it could be a choice in a poll: it has a name, in answer to something."""
        return self.type in VOTES and bool(self.name and self.in_reply_to)

    @property
    def is_vote(self) -> bool:
        """Whether it is a choice in a poll, and no post: it has no words either."""
        return self.may_be_vote and not (self.content.strip() or self.attachments or self.poll)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left of something deleted."""

    id: str
    former_type: str | None = None
    deleted: datetime | None = None


def read_author(value: object) -> str | None:
    """Who published an object: one actor. Of several, the only Person (PeerTube adds a channel), else none (B-22)."""
    members = list(each(value))
    if len(members) > 1:
        members = [member for member in members if isinstance(member, dict) and "Person" in types(member)]
    return uri(members[0]) if len(members) == 1 else None


def read_note(document: Json) -> Note:
    """Whatever is shown like a post, in our form; raises Malformed for one without an id."""
    id = uri(document.get("id"))
    if id is None:
        raise Malformed("This object has no id.")
    policy = document.get("interactionPolicy")
    mentions, hashtags, emojis = read_tags(document.get("tag"))
    return Note(
        id=id,
        type=next(iter(types(document)), "Object").rpartition(":")[2][:100],
        attributed_to=read_author(document.get("attributedTo")),
        name=localized(document, "name", 1_000) or "",
        summary=localized(document, "summary", 10_000) or "",
        content=localized(document, "content", MAX_CONTENT) or "",
        media_type=text(document.get("mediaType"), 100) or "text/html",
        language=language(document),
        url=page_url(document.get("url")),
        published=moment(document.get("published")),
        updated=moment(document.get("updated")),
        start_time=moment(document.get("startTime")),
        end_time=moment(document.get("endTime")),
        to=audience(document.get("to")),
        cc=audience(document.get("cc")),
        audience=uri(document.get("audience")),
        in_reply_to=uri(document.get("inReplyTo")),
        context=uri(document.get("context")),
        replies=uri(document.get("replies")),
        likes=uri(document.get("likes")),
        shares=uri(document.get("shares")),
        sensitive=flag(document.get("sensitive")) or False,
        attachments=_read_attachments(document),
        links=many(document.get("attachment"), read_link, MAX_LINKS),
        duration=seconds(document.get("duration")),
        mentions=mentions,
        hashtags=hashtags,
        emojis=emojis,
        location=one(document.get("location"), read_place),
        can_quote=_read_can_quote(policy) if policy is not None else (),
        quote=read_quoted(document),
        quote_stamp=uri(document.get("quoteAuthorization")),
        thanks_for=uri(document.get("thanksFor")),
        poll=read_poll(document),
        raw=document,
    )


def _read_attachments(document: Json) -> tuple[Document, ...]:
    """What hangs on it; where no picture does, before it the `image` of an event, the poster of a film."""
    found = many(document.get("attachment"), read_document, MAX_ATTACHMENTS)
    if any(is_picture(one) for one in found):
        return found
    cover = read_picture(document.get("image"))
    if cover is None and not PLAYED.isdisjoint(types(document)):
        cover = read_picture(document.get("icon"))
    return found if cover is None else (cover, *found)[:MAX_ATTACHMENTS]


def _read_can_quote(policy: object) -> tuple[str, ...]:
    rule = policy.get("canQuote") if isinstance(policy, dict) else None
    return audience(rule.get("automaticApproval")) if isinstance(rule, dict) else ()


def read_tombstone(document: Json) -> Tombstone:
    """A tombstone, or anything that is named as deleted; raises Malformed without an id."""
    id = uri(document.get("id"))
    if id is None:
        raise Malformed("This tombstone has no id.")
    return Tombstone(id=id, former_type=text(document.get("formerType"), 100), deleted=moment(document.get("deleted")))


def write_note(value: Note) -> Json:
    """A post of ours. Empty lists are left out, but `attachment`, `tag`, `to` and `cc` always stand."""
    return compact(
        {
            "id": value.id,
            "type": value.type,
            "attributedTo": value.attributed_to,
            "name": value.name or None,
            "summary": value.summary or None,
            "published": optional(value.published, write_moment),
            "updated": optional(value.updated, write_moment),
            "startTime": optional(value.start_time, write_moment),
            "endTime": optional(value.end_time, write_moment),
            "url": value.url,
            "to": list(value.to),
            "cc": list(value.cc),
            "audience": value.audience,
            "inReplyTo": value.in_reply_to,
            "content": value.content,
            "contentMap": {value.language: value.content} if value.language else None,
            **write_poll(value.poll),
            "attachment": [write_document(document) for document in value.attachments],
            "tag": [
                *(write_mention(mention) for mention in value.mentions),
                *(write_hashtag(hashtag) for hashtag in value.hashtags),
                *([write_quote_link(value.quote)] if value.quote else ()),
            ],
            "location": optional(value.location, write_place),
            "sensitive": value.sensitive,
            "interactionPolicy": {"canQuote": {"automaticApproval": list(value.can_quote)}}
            if value.can_quote
            else None,
            **write_quoted(value.quote, value.quote_stamp),
            "context": value.context,
            "replies": value.replies,
            "likes": value.likes,
            "shares": value.shares,
            "additionalType": ["Thanks"] if value.thanks_for else None,
            "thanksFor": value.thanks_for,
        }
    )


def write_tombstone(value: Tombstone) -> Json:
    """A tombstone."""
    return compact(
        {
            "id": value.id,
            "type": "Tombstone",
            "formerType": value.former_type,
            "deleted": optional(value.deleted, write_moment),
        }
    )
