"""An ordinary post of ours as others receive it: a reply, a question, a message."""

from collections.abc import Iterable
from dataclasses import replace

from federation.json.fields import PUBLIC
from federation.vocabulary.objects import Note
from federation.vocabulary.polls import Option
from federation.vocabulary.polls import Poll as Asked
from models.people.actors import Actor
from models.posts import Post, Tag
from models.posts.media.media import Media
from models.posts.polls.polls import Poll
from models.settings import Site
from outbox.builders.objects.attachments import build_documents, build_hashtags, build_mentions


def build_note(
    site: Site,
    author: Actor,
    post: Post,
    *,
    mentioned: Iterable[Actor] = (),
    tags: Iterable[Tag] = (),
    media: Iterable[Media] = (),
) -> Note:
    """The note; `mentioned` are those named in its text. A warning makes it sensitive: others fold it away."""
    return Note(
        id=post.uri,
        attributed_to=author.uri,
        summary=post.warning,
        sensitive=post.has_warning,
        content=post.content,
        language=post.language,
        url=post.url,
        published=post.published_at,
        updated=post.updated_at,
        to=tuple(post.to_uris),
        cc=tuple(post.cc_uris),
        in_reply_to=post.in_reply_to_uri,
        context=post.context_uri or f"{post.uri}/context",
        replies=f"{post.uri}/replies",
        likes=f"{post.uri}/likes",
        shares=f"{post.uri}/shares",
        attachments=build_documents(site, media),
        mentions=build_mentions(mentioned),
        hashtags=build_hashtags(site, tags),
        thanks_for=post.thanks_for,
        can_quote=(PUBLIC,) if PUBLIC in post.to_uris or PUBLIC in post.cc_uris else (),
    )


def add_poll(note: Note, poll: Poll | None) -> Note:
    """The same as a Question, where it asks something, with the figures as far as they are shown."""
    if poll is None:
        return note
    asked = Asked(
        options=tuple(
            Option(name=name, votes=None if poll.hidden else votes)
            for name, votes in zip(poll.options, poll.votes, strict=True)
        ),
        multiple=poll.multiple,
        ends=poll.ends_at,
        closed=poll.ended_at,
        voters=poll.voters,
    )
    return replace(note, type="Question", end_time=poll.ends_at, poll=asked)
