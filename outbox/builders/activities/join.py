"""Join and Leave: one of ours asks to come to a meeting, into a community or on a waiting list, and does no more."""

from datetime import UTC, datetime

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


def build_join_of_list(
    site: Site, actor: Actor, listing_uri: str, owner: Actor, days: tuple[datetime, datetime] | None
) -> Join:
    """She wants what is lent when it is free, on these days or on any; answered with TentativeAccept or Reject."""
    begins_at, ends_at = (moment.astimezone(UTC) for moment in days) if days else (None, None)
    return Join(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=listing_uri,
        begins_at=begins_at,
        ends_at=ends_at,
        to=(owner.uri,),
    )


def build_leave(site: Site, actor: Actor, object_uri: str, owner: Actor, recurs_at: datetime | None = None) -> Leave:
    """She comes to a meeting no more, at the time named or at all of them; or waits for a listing no more."""
    return Leave(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=object_uri,
        recurs_at=recurs_at,
        to=(owner.uri,),
    )
