"""Delete: something of ours is withdrawn; its tombstone stays at its address."""

from datetime import datetime

from federation.json.fields import PUBLIC
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Delete
from federation.vocabulary.objects import Tombstone
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site


def build_delete(site: Site, author: Actor, post: Post, at: datetime) -> Delete:
    """Addressed to whom the post was addressed to."""
    return Delete(
        id=activity_uri(site, author.username),
        actor=author.uri,
        object=build_tombstone(post, at),
        to=tuple(post.to_uris),
        cc=tuple(post.cc_uris),
        published=at,
    )


def build_delete_of_report(site: Site, actor: Actor, report_uri: str, other: Actor, at: datetime) -> Delete:
    """What was reported as done is not: told to the other side alone."""
    return Delete(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=Tombstone(id=report_uri, former_type="EconomicEvent", deleted=at),
        to=(other.uri,),
        published=at,
    )


def build_farewell(site: Site, actor: Actor, at: datetime) -> Delete:
    """An actor of ours is no more: told to everybody, since others passed on what she wrote (AX13)."""
    return Delete(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=Tombstone(id=actor.uri, former_type=actor.type, deleted=at),
        to=(PUBLIC,),
        cc=(actor.followers_uri,) if actor.followers_uri else (),
        published=at,
    )


def build_tombstone(post: Post, at: datetime) -> Tombstone:
    """What is left of a post (OB1)."""
    return Tombstone(id=post.uri, former_type="Note", deleted=at)
