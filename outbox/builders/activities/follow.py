"""Follow: one of ours wants to see what somebody publishes."""

from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Follow
from models.people.actors import Actor
from models.settings import Site


def build_follow(site: Site, follower: Actor, followed: Actor) -> Follow:
    """A request; the followed answers with Accept or Reject."""
    return Follow(id=activity_uri(site, follower.username), actor=follower.uri, object=followed.uri, to=(followed.uri,))
