"""The table from an activity's type to how many of it take effect together; what is not in it is decided alone."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from federation.vocabulary.activities.activities import (
    Accept,
    Activity,
    Announce,
    Create,
    Delete,
    Follow,
    Like,
    Undo,
    Update,
)
from inbox.posts.sets import deletions, edits, new_posts, reactions, withdrawals
from inbox.posts.sets.values import Touched
from inbox.relations import accepted_follows, new_follows
from models.store.database import Connection


class SetKind(Protocol):
    """A module of one kind: read in a few questions for all, decided each, written in a few statements for all."""

    def may_be_plain(self, activity: Any, /) -> bool:
        """Whether it may be in a set, as far as it says itself."""

    def list_touched(self, activity: Any, /) -> Touched:
        """What decides which of them are of one step."""

    async def read_set(self, conn: Connection, sent: Sequence[Any], /) -> Sequence[Any]:
        """What has to be known of each `Sent`, in their order; None for what is decided alone."""

    def decide(self, arrival: Any, /) -> Any:
        """From what `read_set` found to what `write_set` takes, without any question. Raises Ignored; None: alone."""

    async def write_set(self, conn: Connection, plain: Sequence[Any], /) -> Sequence[bool]:
        """In their order, whether it took effect.

        False for what another transaction changed since it was read: that is decided alone, after what was written.
        """


SET_KINDS: Mapping[type[Any], SetKind] = {
    Accept: accepted_follows,
    Announce: reactions,
    Create: new_posts,
    Delete: deletions,
    Follow: new_follows,
    Like: reactions,
    Undo: withdrawals,
    Update: edits,
}


def find_kind(activity: Activity) -> SetKind | None:
    """How it may take effect with others, as far as it says itself."""
    kind = SET_KINDS.get(type(activity))
    return kind if kind is not None and kind.may_be_plain(activity) else None
