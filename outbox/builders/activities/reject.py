"""Reject: one of ours does not, or no longer, let somebody follow or come in, or says no to terms."""

from datetime import datetime

from federation.texts.html_cleaner import from_text
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Follow, Reject
from federation.vocabulary.activities.participation import Join
from models.people.actors import Actor
from models.settings import Site


def build_reject(site: Site, followed: Actor, follow: Follow) -> Reject:
    """The answer no."""
    return Reject(
        id=activity_uri(site, followed.username),
        actor=followed.uri,
        object=Follow(id=follow.id, actor=follow.actor, object=follow.object),
        to=(follow.actor,),
    )


def build_reject_of_join(site: Site, organiser: Actor, join: Join, reason: str) -> Reject:
    """No seat at a meeting, and why."""
    return Reject(
        id=activity_uri(site, organiser.username),
        actor=organiser.uri,
        object=join,
        content=from_text(reason) if reason else "",
        to=(join.actor,),
    )


def build_reject_of_terms(
    site: Site, actor: Actor, object_uri: str, other: Actor, *, reason: str = "", at: datetime | None = None
) -> Reject:
    """No to an Offer, a Join or an Invite, or the end of an agreement by its id, perhaps with a word."""
    return Reject(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=object_uri,
        content=from_text(reason) if reason else "",
        to=(other.uri,),
        published=at,
    )
