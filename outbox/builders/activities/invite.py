"""Invite: a community of ours asks somebody to come in, or one of ours asks a community elsewhere to do so."""

from federation.uris import activity_uri
from federation.vocabulary.activities.participation import Invite
from models.people.actors import Actor
from models.settings import Site


def build_invite(site: Site, actor: Actor, group: Actor, person: Actor, manager: Actor) -> Invite:
    """By the community itself to whom it invites; by a manager to the community's home."""
    return Invite(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=group.uri,
        target=person.uri,
        attributed_to=manager.uri,
        to=(person.uri if actor.id == group.id else group.uri,),
    )
