"""View: how many of our people were told of a repair call from elsewhere, and how many opened it; or that we looked in.

Numbers only.
"""

from datetime import datetime

from federation.uris import activity_uri, actor_uri
from federation.vocabulary.activities.participation import View
from models.people.actors import Actor
from models.repairs.calls.figures import CallReport
from models.settings import Site


def build_view(site: Site, group: Actor, author: Actor, call_uri: str, said: CallReport, at: datetime) -> View:
    """To the author of the call alone, by the Group of ours that passes repair calls on."""
    return View(
        id=activity_uri(site, group.username),
        actor=group.uri,
        object=call_uri,
        notified=said.notified,
        opened=said.opened,
        updated=at,
        to=(author.uri,),
    )


def build_visit(site: Site, coop_uri: str, at: datetime) -> View:
    """To a cooperative that asked to be looked at: it tells nothing, but its inbox takes it or does not."""
    return View(
        id=activity_uri(site, "instance"),
        actor=actor_uri(site, "instance"),
        object=coop_uri,
        notified=0,
        opened=0,
        updated=at,
        to=(coop_uri,),
    )
