"""Flag: a report to another server, in the name of the server and not of the member who reports."""

from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Flag
from models.people.actors import Actor
from models.settings import Site


def build_flag(site: Site, instance: Actor, target: Actor, object_uris: tuple[str, ...], content: str) -> Flag:
    """Mastodon needs the account among the objects."""
    return Flag(
        id=activity_uri(site, instance.username),
        actor=instance.uri,
        objects=(target.uri, *object_uris),
        content=content,
        to=(target.uri,),
    )
