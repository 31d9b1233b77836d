"""Join and Leave: one of ours asks to be part of a community elsewhere, by its charter, and is so no longer."""

from federation.texts.html_cleaner import from_text
from federation.uris import activity_uri
from federation.vocabulary.activities.participation import Join, Leave
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
