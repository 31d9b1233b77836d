"""The network half of processing, for one activity: read, with what it only names, before it takes effect."""

from dataclasses import dataclass

from federation.discovery.fetches import get_actor
from federation.documents.parse import Decoded, read_json
from federation.instance import Instance
from federation.vocabulary.activities.activities import Activity, Create
from inbox.errors import KillsWorker
from inbox.posts import post_sets
from inbox.processing.resolve import resolve
from inbox.traffic.forwarding import may_pass_on
from inbox.traffic.losses import keep_names
from models.traffic.inbound.received import Received

IN_SETS = frozenset({"Create"})
"""Types of what may take effect together with others; what they say depends on nothing that came before them."""

DEADLY = 5
"""An activity is set aside when so many workers died while they held it, the last ones of them with nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An activity that was read, and whose objects may be believed; `passed_on` where others get it from us."""

    item: Received
    decoded: Decoded
    activity: Activity
    passed_on: bool

    @property
    def may_be_in_set(self) -> bool:
        """Whether it may take effect together with others, as far as it says itself."""
        return (
            isinstance(self.activity, Create)
            and not self.passed_on
            and self.item.sender_known
            and self.item.deaths == 0
            and post_sets.may_be_plain(self.activity)
        )


async def prepare(instance: Instance, item: Received) -> Prepared:
    """Read it, and fetch what it only names. Raises as `resolve` does, and KillsWorker where workers died of it."""
    if item.deaths >= DEADLY:
        raise KillsWorker
    decoded = read_json(item.body)
    await keep_names(instance, item.body)
    activity = await resolve(instance, decoded, item.actor_uri)
    passed_on = await may_pass_on(instance, decoded.document, activity, at=item.received_at)
    if not item.sender_known:
        await get_actor(instance, activity.actor)
    return Prepared(item=item, decoded=decoded, activity=activity, passed_on=passed_on)
