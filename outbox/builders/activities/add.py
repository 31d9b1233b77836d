"""Add: a post of ours is pinned to the profile of its author (CO5)."""

from federation.json.fields import PUBLIC
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Add
from models.people.actors import Actor
from models.settings import Site


def build_add(site: Site, author: Actor, object_uri: str) -> Add:
    """Put it into the collection of pinned posts."""
    return Add(
        id=activity_uri(site, author.username),
        actor=author.uri,
        object=object_uri,
        target=author.featured_uri or "",
        to=(PUBLIC,),
        cc=(author.followers_uri,) if author.followers_uri else (),
    )
