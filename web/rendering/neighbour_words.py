"""A neighbouring cooperative in words: where it is, how far it is between it and ours, what became of a proposal."""

from collections.abc import Iterable, Mapping

from models.people import actors
from models.people.actors import Actor
from models.places import geometry
from models.servers.friendships import FriendshipState
from models.servers.territory_proposals import ProposalState
from models.store.database import Connection
from web.rendering.i18n import Say
from web.rendering.render import N_

WORDS: Mapping[FriendshipState, str] = {
    "met": N_("%(who)s suit votre coop : la suivre en retour ?"),
    "asked": N_("%(who)s propose que vos coops soient amies"),
    "proposed": N_("Vous avez proposé à %(who)s d’être amies : elle n’a pas encore répondu"),
    "confirmed": N_("%(who)s et votre coop sont amies"),
    "refused": N_("%(who)s ne souhaite pas être amie de votre coop pour l’instant"),
    "declined": N_("Votre coop n’a pas donné suite à %(who)s"),
    "ended": N_("%(who)s a mis fin à l’amitié de vos coops"),
}


ANSWERS: Mapping[ProposalState, str] = {
    "waiting": N_("%(host)s : l’équipe n’a pas encore répondu"),
    "followed": N_("%(host)s : votre coop suit maintenant ce territoire, que vous aviez proposé"),
    "declined": N_("%(host)s : votre coop ne suit pas ce territoire pour l’instant"),
}


def tell_answer(say: Say, state: ProposalState, host: str) -> str:
    """What became of the territory of this host that a member proposed, in one line."""
    return say(ANSWERS[state], host=host)


FULL: Mapping[FriendshipState, str] = {
    "met": N_("Tant de coops vous suivent sans réponse que les plus anciennes quittent cette liste"),
    "asked": N_("Trop de propositions attendent : d’autres n’arriveront qu’une fois que vous aurez répondu"),
}


def tell_full(say: Say, states: Iterable[FriendshipState]) -> list[str]:
    """What follows from as many that wait as there is room for."""
    return [say(FULL[state]) for state in states]


def tell_neighbour(say: Say, state: FriendshipState, who: str) -> str:
    """How far it is with the cooperative of this name, in one line."""
    return say(WORDS[state], who=who)


async def describe_place(conn: Connection, say: Say, actor: Actor) -> str:
    """Where it is, and how far from us where both have a place: "Lille, à 5 km"."""
    return describe_place_from(await actors.find_local(conn, "coop"), say, actor)


def describe_place_from(ours: Actor | None, say: Say, actor: Actor) -> str:
    """The same for several, with our cooperative read once."""
    return ", ".join(filter(None, (actor.place_name, _describe_distance(ours, say, actor))))


def _describe_distance(ours: Actor | None, say: Say, actor: Actor) -> str:
    if ours is None or None in (ours.latitude, ours.longitude, actor.latitude, actor.longitude):
        return ""
    assert ours.latitude is not None and ours.longitude is not None
    assert actor.latitude is not None and actor.longitude is not None
    metres = geometry.distance(ours.latitude, ours.longitude, actor.latitude, actor.longitude)
    return say(N_("à %(km)s km"), km=max(1, round(metres / 1000)))
