"""What may take effect together, decided without a database: the plain passes, and all that needs more does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.vocabulary.activities.activities import (
    Accept,
    Announce,
    Block,
    Create,
    Delete,
    Follow,
    Like,
    Undo,
    Update,
)
from federation.vocabulary.activities.participation import Join
from federation.vocabulary.objects import Note, Tombstone
from inbox.errors import Ignored
from inbox.posts.sets import deletions, edits, new_posts, reactions, withdrawals
from inbox.posts.sets.values import Sent
from inbox.relations import accepted_follows, new_follows
from models.moderation.filters import FiltersInForce
from models.relations.reactions import NewReaction
from models.traffic.inbound.follow_contexts import FollowContext
from models.traffic.inbound.incoming_context import IncomingContext
from models.traffic.inbound.reaction_contexts import ReactedPost
from models.traffic.inbound.standing_posts import DeletedPost, EditedPost
from tests.factories import HERE
from tests.outbox.sample_people import PUBLIC, actor

ALICE = actor("alice", id=1)
BOB = actor("bob", "henin.test", id=2)
FOLLOW = Follow(id="https://henin.test/follows/1", actor=BOB.uri, object=ALICE.uri)
LIKE = Like(id="https://henin.test/likes/1", actor=BOB.uri, object="https://lomme.test/notes/1")
SHARE = Announce(id="https://henin.test/shares/1", actor=BOB.uri, object="https://lomme.test/notes/1")
NOTE = Note(id="https://henin.test/notes/1", attributed_to=BOB.uri, content="<p>Bonjour</p>", to=(PUBLIC,))
KNOWN = IncomingContext(
    gone=False,
    held=False,
    followed=True,
    host_known=True,
    listener_ids=[],
    parent_author_id=None,
    actor_uris=[],
    actor_ids=[],
    actors_local=[],
)
UPDATED = datetime(2026, 11, 1, 10, tzinfo=UTC)


def arrive(**changes: Any) -> new_posts.ArrivedPost:
    """A note of Bob's, whom somebody here follows."""
    values: dict[str, Any] = {
        "object": NOTE,
        "author": BOB,
        "known": KNOWN,
        "filters": FiltersInForce(rows={}, matcher=None),
    }
    return new_posts.ArrivedPost(**(values | changes))


def arrive_edited(
    held: EditedPost, *, updated: datetime | None, published: datetime | None = None
) -> edits.ArrivedEdit:
    """A newer version of it."""
    came = arrive(object=replace(NOTE, updated=updated))
    return edits.ArrivedEdit(came=came, published=published, held=held, listing=None)


def test_a_like_of_one_of_ours_is_told_and_one_of_others_is_not() -> None:
    for post in (ReactedPost(id=5, author_id=1, local=True), ReactedPost(id=5, author_id=3, local=False)):
        plain = reactions.decide(reactions.ArrivedReaction(sent=Sent(LIKE, BOB, HERE), post=post))

        assert plain.new == NewReaction(uri=LIKE.id, actor_id=BOB.id, post_id=5)
        assert not plain.shares and plain.tells_id == (1 if post.local else None)


def test_a_share_is_no_like_and_what_was_fetched_with_it_is_decided_alone() -> None:
    post = ReactedPost(id=5, author_id=1, local=True)

    assert reactions.decide(reactions.ArrivedReaction(sent=Sent(SHARE, BOB, HERE), post=post)).shares
    assert reactions.may_be_plain(SHARE) and not reactions.may_be_plain(replace(SHARE, object=NOTE))


def test_two_reactions_meet_where_one_person_likes_one_post_twice() -> None:
    first, again, shared = (
        reactions.list_touched(one) for one in (LIKE, replace(LIKE, id="https://henin.test/likes/2"), SHARE)
    )

    assert first.changed & again.changed and not first.changed & shared.changed


def test_only_ones_own_likes_shares_and_follows_are_taken_back_in_sets() -> None:
    undo = Undo(id="https://henin.test/undo/1", actor=BOB.uri, object=LIKE)
    block = Block(id="https://henin.test/blocks/1", actor=BOB.uri, object=ALICE.uri)

    assert withdrawals.may_be_plain(undo) and withdrawals.may_be_plain(replace(undo, object=LIKE.id))
    assert withdrawals.may_be_plain(replace(undo, object=FOLLOW))
    assert not withdrawals.may_be_plain(replace(undo, object=replace(LIKE, actor="https://bray.test/users/carl")))
    assert not withdrawals.may_be_plain(replace(undo, object=block))


def test_a_follow_is_kept_where_nothing_is_in_the_way() -> None:
    for free in (True, False):
        known = FollowContext(free=free, accepted=False)
        arrival = new_follows.ArrivedFollow(sent=Sent(FOLLOW, BOB, HERE), followed=ALICE, known=known)

        assert (new_follows.decide(arrival) is not None) is free
    again = new_follows.list_touched(replace(FOLLOW, id="https://henin.test/follows/2"))
    assert again.changed & new_follows.list_touched(FOLLOW).changed


def test_a_yes_to_anything_but_a_follow_is_decided_alone() -> None:
    yes = Accept(id="https://henin.test/accepts/1", actor=BOB.uri, object="https://lomme.test/activities/1")
    join = Join(id="https://lomme.test/joins/1", actor=ALICE.uri, object="https://henin.test/groups/1")

    assert accepted_follows.may_be_plain(yes)
    assert not accepted_follows.may_be_plain(replace(yes, object=replace(FOLLOW, id="")))
    assert not accepted_follows.may_be_plain(replace(yes, object=join))


def test_a_deletion_is_of_ones_own_server_and_never_of_oneself() -> None:
    delete = Delete(id="https://henin.test/deletes/1", actor=BOB.uri, object=Tombstone(id=NOTE.id))
    foreign = replace(delete, object=Tombstone(id="https://bray.test/notes/1"))

    assert not deletions.may_be_plain(replace(delete, object=Tombstone(id=BOB.uri)))
    plain = deletions.decide(deletions.ArrivedDeletion(sent=Sent(delete, BOB, HERE), held=DeletedPost(id=5)))
    assert plain == deletions.PlainDeletion(uri=NOTE.id, actor_uri=BOB.uri, post_id=5)
    with pytest.raises(Ignored):
        deletions.decide(deletions.ArrivedDeletion(sent=Sent(foreign, BOB, HERE), held=DeletedPost(id=None)))


@pytest.mark.parametrize("known", [{"parent_local": True}, {"listener_ids": [1]}, {"gone": True}])
def test_a_post_that_concerns_somebody_here_is_decided_alone(known: dict[str, Any]) -> None:
    assert new_posts.decide(arrive()) is not None
    assert new_posts.decide(arrive(known=replace(KNOWN, **known))) is None


def test_a_newer_version_has_the_moment_that_it_says_or_that_its_activity_says() -> None:
    held = EditedPost(id=5, kind="note", updated_at=UPDATED)
    later, latest = UPDATED + timedelta(hours=1), UPDATED + timedelta(hours=2)

    for arrival, moment in (
        (arrive_edited(held, updated=later, published=latest), later),
        (arrive_edited(held, updated=None, published=latest), latest),
    ):
        plain = edits.decide(arrival)
        assert plain is not None and plain.post.new.updated_at == moment


def test_what_is_no_newer_or_another_kind_of_post_is_decided_alone() -> None:
    held = EditedPost(id=5, kind="note", updated_at=UPDATED)

    assert edits.decide(arrive_edited(held, updated=UPDATED)) is None
    assert edits.decide(arrive_edited(replace(held, kind="listing"), updated=UPDATED + timedelta(hours=1))) is None


def test_what_asks_quotes_or_is_by_somebody_else_is_in_no_set() -> None:
    for kind, module in ((Create, new_posts), (Update, edits)):
        said = kind(id="https://henin.test/activities/1", actor=BOB.uri, object=NOTE)

        assert module.may_be_plain(said)
        for other in (
            replace(NOTE, quote="https://lomme.test/notes/1"),
            replace(NOTE, attributed_to="https://henin.test/users/carl"),
        ):
            assert not module.may_be_plain(replace(said, object=other))
