"""Remove: a post is no longer pinned to its author's profile (CO5), or somebody no longer in a circle."""

from federation.json.fields import PUBLIC
from federation.texts.html_cleaner import from_text
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Remove
from models.people.actors import Actor
from models.settings import Site


def build_remove(site: Site, author: Actor, object_uri: str) -> Remove:
    """Take it out of the collection of pinned posts."""
    return Remove(
        id=activity_uri(site, author.username),
        actor=author.uri,
        object=object_uri,
        target=author.featured_uri or "",
        to=(PUBLIC,),
        cc=(author.followers_uri,) if author.followers_uri else (),
    )


def build_remove_person(
    site: Site, actor: Actor, person_uri: str, circle_uri: str, to: tuple[str, ...], reason: str = ""
) -> Remove:
    """Somebody stands no longer in a circle of a community: told by it, or asked of its home."""
    return Remove(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=person_uri,
        target=circle_uri,
        content=from_text(reason) if reason else "",
        to=to,
    )
