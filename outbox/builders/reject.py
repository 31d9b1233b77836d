"""Reject: one of ours does not, or no longer, let somebody follow."""

from federation.uris import activity_uri
from federation.vocabulary.activities import Follow, Reject
from models.actors import Actor
from models.settings import Site


def build_reject(site: Site, followed: Actor, follow: Follow) -> Reject:
    """The answer no."""
    return Reject(
        id=activity_uri(site, followed.username),
        actor=followed.uri,
        object=Follow(id=follow.id, actor=follow.actor, object=follow.object),
        to=(follow.actor,),
    )
