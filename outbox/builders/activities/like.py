"""Like: one of ours is interested in a post."""

from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Like
from models.people.actors import Actor
from models.settings import Site


def build_like(site: Site, actor: Actor, object_uri: str, author_uri: str) -> Like:
    """Told to the author alone."""
    return Like(id=activity_uri(site, actor.username), actor=actor.uri, object=object_uri, to=(author_uri,))
