"""Accept: one of ours lets somebody follow, with the Follow inside, since peers look it up in different ways (AX1)."""

from federation.uris import activity_uri
from federation.vocabulary.activities import Accept, Follow
from models.actors import Actor
from models.settings import Site


def build_accept(site: Site, followed: Actor, follow: Follow) -> Accept:
    """The answer yes."""
    return Accept(
        id=activity_uri(site, followed.username),
        actor=followed.uri,
        object=Follow(id=follow.id, actor=follow.actor, object=follow.object),
        to=(follow.actor,),
    )
