"""A quote as it is asked for, granted, refused and taken back (FEP-044f)."""

from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import overload

from federation.json.fields import PUBLIC
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Accept, Delete, QuoteRequest, Reject
from federation.vocabulary.embedded import id_of
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note, Tombstone
from federation.vocabulary.quotes import QuoteAuthorization
from models.people.actors import Actor
from models.posts.quotes.quote_policies import QuoteParts
from models.posts.quotes.quotes import Quote
from models.settings import Site


def build_quote_request(site: Site, actor: Actor, note: Note, quoted_uri: str, author_uri: str) -> QuoteRequest:
    """One of ours asks. What everybody may read goes along; of a note for followers its address alone."""
    return QuoteRequest(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=quoted_uri,
        instrument=note if note.is_public else note.id,
        to=(author_uri,),
    )


def build_stamp(author: Actor, quote: Quote) -> QuoteAuthorization:
    """The stamp as it is served."""
    assert quote.stamp_uri is not None
    return QuoteAuthorization(
        id=quote.stamp_uri, attributed_to=author.uri, quoting=quote.quoting_uri, target=quote.quoted_uri
    )


def build_accept_of_quote(site: Site, author: Actor, request: QuoteRequest, quote: Quote) -> Accept:
    """Yes; `result` is where the stamp is."""
    return Accept(
        id=activity_uri(site, author.username),
        actor=author.uri,
        object=_name(request),
        stamp=quote.stamp_uri,
        to=(request.actor,),
    )


def build_reject_of_quote(site: Site, author: Actor, request: QuoteRequest) -> Reject:
    """No."""
    return Reject(id=activity_uri(site, author.username), actor=author.uri, object=_name(request), to=(request.actor,))


def _name(request: QuoteRequest) -> QuoteRequest:
    """The request as an answer names it: what was asked, and nothing of what the post says."""
    instrument = request.instrument if isinstance(request.instrument, str) else id_of(request.instrument)
    return QuoteRequest(id=request.id, actor=request.actor, object=request.object, instrument=instrument)


def build_revocation(site: Site, author: Actor, stamp_uri: str) -> Delete:
    """A stamp is taken back, for everybody who may have looked at it."""
    return Delete(
        id=activity_uri(site, author.username),
        actor=author.uri,
        object=Tombstone(id=stamp_uri, former_type="QuoteAuthorization"),
        to=(PUBLIC,),
        cc=(author.followers_uri,) if author.followers_uri else (),
        published=datetime.now(UTC),
    )


@overload
def add_quotes(author: Actor, object: Note, parts: QuoteParts) -> Note: ...
@overload
def add_quotes(author: Actor, object: Proposal, parts: QuoteParts) -> Proposal: ...
@overload
def add_quotes(author: Actor, object: Event, parts: QuoteParts) -> Event: ...
def add_quotes(author: Actor, object: Note | Proposal | Event, parts: QuoteParts) -> Note | Proposal | Event:
    """The post with who may quote it, and what it quotes: as a property, as a tag, and as a line in its text."""
    if not isinstance(object, Note):
        return replace(object, note=add_quotes(author, object.note, parts))
    if object.is_public:
        approved = {"public": PUBLIC, "followers": author.followers_uri or author.uri, "nobody": author.uri}
        object = replace(object, can_quote=(approved[parts.policy],))
    if parts.quoted_uri is None:
        return object
    address = escape(parts.quoted_url or parts.quoted_uri)
    line = f'<p class="quote-inline">RE: <a href="{address}">{address}</a></p>'
    return replace(object, content=line + object.content, quote=parts.quoted_uri, quote_stamp=parts.stamp_uri)
