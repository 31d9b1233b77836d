"""Add: a post of ours is pinned to the profile of its author (CO5), or somebody stands in a circle of a community."""

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


def build_add_person(site: Site, actor: Actor, person_uri: str, circle_uri: str, to: tuple[str, ...]) -> Add:
    """Told by the community, or asked of its home by one who may decide it; never for everybody."""
    return Add(id=activity_uri(site, actor.username), actor=actor.uri, object=person_uri, target=circle_uri, to=to)
