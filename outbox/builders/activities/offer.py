"""Offer: one of ours proposes terms for somebody's listing, or answers terms with others."""

from dataclasses import replace

from federation.texts.html_cleaner import from_text
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Offer
from federation.vocabulary.agreements import Agreement
from federation.vocabulary.bike_books import BikeBook
from federation.vocabulary.friendships import Friendship
from models.people.actors import Actor
from models.settings import Site


def build_offer_of_bike(site: Site, actor: Actor, book: BikeBook, recipient_uri: str) -> Offer:
    """A bike with its book, told to one person of another server: what she will get, not yet the book."""
    return Offer(id=activity_uri(site, actor.username), actor=actor.uri, object=book, to=(recipient_uri,))


def build_offer_of_friendship(site: Site, ours: Actor, other: Actor) -> Offer:
    """Our cooperative asks another one to be friends: told to that one alone."""
    friendship = Friendship(subject=ours.uri, object=other.uri)
    return Offer(id=activity_uri(site, ours.username), actor=ours.uri, object=friendship, to=(other.uri,))


def build_offer(
    site: Site, actor: Actor, terms: Agreement, recipient_uri: str, *, text: str = "", in_reply_to: str | None = None
) -> Offer:
    """Told to the other side alone, `text` as it was typed; `in_reply_to` is the Offer that a counter-proposal answers.

    Inside, nothing is answered: there `inReplyTo` would name the Offer itself.
    """
    return Offer(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=replace(terms, in_reply_to=None),
        content=from_text(text) if text else "",
        in_reply_to=in_reply_to,
        to=(recipient_uri,),
    )
