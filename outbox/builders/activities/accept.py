"""Accept: one of ours lets somebody follow, come in or have a seat, or says yes to terms (FEP-0837), an invitation."""

from dataclasses import replace

from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Accept, Follow
from federation.vocabulary.activities.participation import Join
from models.people.actors import Actor
from models.settings import Site
from outbox.builders.objects.agreement import STATES, AgreementContext, build_agreement


def build_accept(site: Site, followed: Actor, follow: Follow) -> Accept:
    """The answer yes, with the Follow inside, since peers look it up in different ways (AX1)."""
    return Accept(
        id=activity_uri(site, followed.username),
        actor=followed.uri,
        object=Follow(id=follow.id, actor=follow.actor, object=follow.object),
        to=(follow.actor,),
    )


def build_accept_of_member(site: Site, group: Actor, join: Join) -> Accept:
    """Whoever asked is part of the community; inside stands which version of the charter that is by."""
    return Accept(
        id=activity_uri(site, group.username),
        actor=group.uri,
        object=Join(id=join.id, actor=join.actor, object=join.object, charter_version=join.charter_version),
        to=(join.actor,),
    )


def build_accept_of_invite(site: Site, person: Actor, group: Actor, invite_uri: str, version: int) -> Accept:
    """One of ours comes in where she was invited, and says yes to this version of the charter."""
    return Accept(
        id=activity_uri(site, person.username),
        actor=person.uri,
        object=invite_uri,
        charter_version=version,
        to=(group.uri,),
    )


def build_accept_of_holding(site: Site, cooperative: Actor, group: Actor, invite_uri: str) -> Accept:
    """Our cooperative holds this community together with its home."""
    return Accept(
        id=activity_uri(site, cooperative.username), actor=cooperative.uri, object=invite_uri, to=(group.uri,)
    )


def build_accept_of_join(site: Site, organiser: Actor, join: Join) -> Accept:
    """A seat at a meeting, with the Join inside."""
    return Accept(id=activity_uri(site, organiser.username), actor=organiser.uri, object=join, to=(join.actor,))


def build_accept_of_bike(site: Site, actor: Actor, answered_uri: str, recipient_uri: str) -> Accept:
    """Yes to a bike that was offered, or that it is here with its book."""
    return Accept(id=activity_uri(site, actor.username), actor=actor.uri, object=answered_uri, to=(recipient_uri,))


def build_accept_of_friendship(site: Site, ours: Actor, offer_uri: str, other: Actor) -> Accept:
    """Our cooperative says yes to another one's friendship."""
    return Accept(id=activity_uri(site, ours.username), actor=ours.uri, object=offer_uri, to=(other.uri,))


def build_accept_of_terms(site: Site, actor: Actor, case: AgreementContext) -> Accept:
    """Yes to the terms on the table; `result` is the agreement as whoever says yes has it (FEP-0837)."""
    by_owner = actor.id == case.owner.id
    return Accept(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=case.agreement.offer_uri,
        result=replace(build_agreement(case, by=actor), state=STATES["agreed"]),
        to=(case.other_of(actor).uri,),
        published=case.agreement.updated_at if by_owner else None,
    )
