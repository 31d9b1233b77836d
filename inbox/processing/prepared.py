"""The network half of processing, for one activity: read, with what it only names, before it takes effect."""

from dataclasses import dataclass, replace

from federation.discovery.fetches import get_actor
from federation.documents.parse import read_json
from federation.instance import Instance
from federation.json.decoded_bodies import Decoded
from federation.proofs import has_proof
from federation.vocabulary.activities.activities import Activity, Delete
from inbox.errors import KillsWorker
from inbox.processing.delegated import confirm_deletion
from inbox.processing.resolve import resolve
from inbox.processing.set_kinds import find_kind
from inbox.traffic.awaited_posts import require_not_awaited
from inbox.traffic.forwarding import may_pass_on
from inbox.traffic.losses import keep_names
from models.traffic.inbound.received import Received

IN_SETS = frozenset({"Accept", "Announce", "Create", "Delete", "Follow", "Like", "Undo", "Update"})
"""Types of what may take effect together with others (`set_kinds`)."""

ABOUT_BEFORE = frozenset({"Announce", "Delete"})
"""Those of them of which is asked, while they are read, whether the post that they are about is here, and how."""

DEADLY = 5
"""An activity is set aside when so many workers died while they held it, the last ones of them with nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An activity that was read, and whose objects may be believed; `passed_on` where others get it from us.

    While it is not `confirmed` it is a deletion of which only its author's is believed.
    """

    item: Received
    decoded: Decoded
    activity: Activity
    passed_on: bool
    confirmed: bool = True

    @property
    def may_be_in_set(self) -> bool:
        """Whether it may take effect together with others, as far as it says itself."""
        return (
            not self.passed_on
            and self.item.sender_known
            and self.item.deaths == 0
            and self.activity.actor == self.item.actor_uri
            and find_kind(self.activity) is not None
        )


async def prepare(instance: Instance, item: Received) -> Prepared:
    """Read it, and fetch what it only names.

    Raises as `resolve` does, KillsWorker where workers died of it, and PostAwaited for what has to wait.
    """
    if item.deaths >= DEADLY:
        raise KillsWorker
    decoded = instance.decoded.take(item.body) or read_json(item.body)
    await keep_names(instance, item.actor_uri, decoded.document)
    activity = await resolve(instance, decoded, item.actor_uri)
    await require_not_awaited(instance, activity)
    own_deletion = isinstance(activity, Delete) and activity.actor == item.actor_uri
    if own_deletion and has_proof(decoded.document):
        activity, own_deletion = await _confirm(instance, activity), False
    passed_on = await may_pass_on(instance, decoded.document, activity, at=item.received_at)
    if not item.sender_known:
        await get_actor(instance, activity.actor)
    return Prepared(item=item, decoded=decoded, activity=activity, passed_on=passed_on, confirmed=not own_deletion)


async def confirm(instance: Instance, prepared: Prepared) -> Prepared:
    """The same, about to be decided alone: the deletion of what is another's at the same server is asked about there.

    Most are by the author herself, which a set finds out without a question of its own. Raises as `confirm_deletion`.
    """
    if prepared.confirmed:
        return prepared
    return replace(prepared, activity=await _confirm(instance, prepared.activity), confirmed=True)


async def _confirm(instance: Instance, activity: Activity) -> Activity:
    return await confirm_deletion(instance, activity) if isinstance(activity, Delete) else activity
