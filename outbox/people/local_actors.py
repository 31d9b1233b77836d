"""The addresses that an actor of ours gets from its username, for members and built-in actors alike."""

from typing import Any

from federation import uris
from models.people.actors import ActorType, LocalActor
from models.settings import Site


def describe_local(site: Site, username: str, *, type: ActorType, name: str, **more: Any) -> LocalActor:
    """An actor about to be created; `more` are other fields of LocalActor."""
    return LocalActor(
        type=type,
        username=username,
        host=site.host,
        uri=uris.actor_uri(site, username),
        url=uris.profile_url(site, username),
        inbox=uris.inbox_uri(site, username),
        shared_inbox=uris.shared_inbox_uri(site),
        outbox=uris.outbox_uri(site, username),
        followers_uri=uris.followers_uri(site, username),
        following_uri=uris.following_uri(site, username),
        featured_uri=uris.featured_uri(site, username),
        name=name,
        **more,
    )
