"""Announce: one of ours shares a post, or a stream's Group passes a listing on, in both forms that peers know."""

from dataclasses import replace
from datetime import datetime

from federation.json.fields import PUBLIC
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Announce, Create
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.objects import Note
from models.people.actors import Actor
from models.settings import Site


def build_announce(
    site: Site, actor: Actor, object_uri: str, author_uri: str, at: datetime, *, unlisted: bool = False
) -> Announce:
    """A share: to the actor's followers, and to the author; an `unlisted` one stays out of public timelines."""
    followers = (actor.followers_uri,) if actor.followers_uri else ()
    return Announce(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=object_uri,
        to=followers if unlisted else (PUBLIC,),
        cc=(PUBLIC, author_uri) if unlisted else (*followers, author_uri),
        published=at,
    )


def build_group_announce(site: Site, group: Actor, create: Create, at: datetime) -> Announce:
    """FEP-1b12: the Create itself, with its object by id alone; receivers fetch it from its origin (AX14)."""
    object = create.object
    uri = object.note.id if isinstance(object, Proposal) else object.id if isinstance(object, Note) else str(object)
    return Announce(
        id=activity_uri(site, group.username),
        actor=group.uri,
        object=replace(create, object=uri),
        to=(PUBLIC,),
        cc=(group.followers_uri,) if group.followers_uri else (),
        audience=group.uri,
        published=at,
    )
