"""Join and Leave: one of ours wants to come to somebody's meeting, or comes no more."""

from datetime import datetime

from federation.uris import activity_uri
from federation.vocabulary.activities.participation import Join, Leave
from models.meetings.registrations import Wish
from models.people.actors import Actor
from models.settings import Site


def build_join(site: Site, actor: Actor, meeting_uri: str, organiser: Actor, wish: Wish) -> Join:
    """She asks for seats; the organiser answers with Accept, TentativeAccept or Reject."""
    return Join(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=meeting_uri,
        content=wish.message,
        people=wish.people,
        recurs_at=wish.recurs_at,
        to=(organiser.uri,),
    )


def build_leave(site: Site, actor: Actor, meeting_uri: str, organiser: Actor, recurs_at: datetime | None) -> Leave:
    """She comes no more, at the time named or at all of them."""
    return Leave(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=meeting_uri,
        recurs_at=recurs_at,
        to=(organiser.uri,),
    )
