"""Flag: a report to another server, in the name of the server and not of the member who reports."""

from federation.vocabulary.activities.activities import Flag
from models.people.actors import Actor


def build_flag(instance: Actor, target: Actor, object_uris: tuple[str, ...], content: str, *, id: str) -> Flag:
    """Mastodon needs the account among the objects. `id` is the report's own: by it the team sees how far it came."""
    return Flag(
        id=id,
        actor=instance.uri,
        objects=(target.uri, *object_uris),
        content=content,
        to=(target.uri,),
    )
