"""TentativeAccept: whoever wants to come to a meeting of ours waits for a seat."""

from federation.uris import activity_uri
from federation.vocabulary.activities.participation import Join, TentativeAccept
from models.people.actors import Actor
from models.settings import Site


def build_tentative_accept(site: Site, organiser: Actor, join: Join, place: int) -> TentativeAccept:
    """The place in the line. Mobilizon reads no TentativeAccept and goes on waiting, which is what it is."""
    return TentativeAccept(
        id=activity_uri(site, organiser.username),
        actor=organiser.uri,
        object=join,
        place=place,
        to=(join.actor,),
    )
