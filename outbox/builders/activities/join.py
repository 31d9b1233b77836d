"""Join and Leave: one of ours asks to come to somebody's meeting or into a community, and comes no more."""

from datetime import datetime

from federation.texts.html_cleaner import from_text
from federation.uris import activity_uri
from federation.vocabulary.activities.participation import Join, Leave
from models.meetings.registrations import Wish
from models.people.actors import Actor
from models.settings import Site


def build_join_of_group(site: Site, person: Actor, group: Actor, *, version: int | None, text: str = "") -> Join:
    """The community answers with Accept or Reject. A member says yes to a new version of the charter by another one."""
    return Join(
        id=activity_uri(site, person.username),
        actor=person.uri,
        object=group.uri,
        content=from_text(text) if text else "",
        charter_version=version,
        to=(group.uri,),
    )


def build_leave_of_group(site: Site, person: Actor, group: Actor) -> Leave:
    """Nobody has to answer."""
    return Leave(id=activity_uri(site, person.username), actor=person.uri, object=group.uri, to=(group.uri,))


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
