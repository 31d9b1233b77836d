"""What may take effect together, decided without a database: the plain passes, and all that needs more does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.vocabulary.activities.activities import Announce, Create, Delete, Follow, Like, Undo, Update
from federation.vocabulary.objects import Note, Tombstone
from inbox.errors import Ignored
from inbox.posts.sets import deletions, edits, new_posts, reactions, withdrawals
from inbox.posts.sets.values import Sent
from models.moderation.filters import FiltersInForce
from models.relations.reactions import NewReaction
from models.traffic.inbound.incoming_context import IncomingContext
from models.traffic.inbound.reaction_contexts import KeptReaction, ReactedPost
from models.traffic.inbound.standing_posts import DeletedPost, EditedPost
from tests.outbox.sample_people import PUBLIC, actor

BOB = actor("bob", "henin.test", id=2)
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
        plain = reactions.decide(reactions.ArrivedReaction(sent=Sent(LIKE, BOB), post=post))

        assert plain.new == NewReaction(uri=LIKE.id, actor_id=BOB.id, post_id=5)
        assert not plain.shares and plain.tells_id == (1 if post.local else None)


def test_a_share_is_no_like_and_what_was_fetched_with_it_is_decided_alone() -> None:
    post = ReactedPost(id=5, author_id=1, local=True)

    assert reactions.decide(reactions.ArrivedReaction(sent=Sent(SHARE, BOB), post=post)).shares
    assert reactions.may_be_plain(SHARE) and not reactions.may_be_plain(replace(SHARE, object=NOTE))


def test_two_reactions_meet_where_one_person_likes_one_post_twice() -> None:
    first, again, shared = (
        reactions.list_touched(one) for one in (LIKE, replace(LIKE, id="https://henin.test/likes/2"), SHARE)
    )

    assert first.changed & again.changed and not first.changed & shared.changed


def test_only_ones_own_likes_and_shares_are_taken_back_in_sets() -> None:
    undo = Undo(id="https://henin.test/undo/1", actor=BOB.uri, object=LIKE)
    follow = Follow(id="https://henin.test/follows/1", actor=BOB.uri, object="https://lomme.test/users/alice")

    assert withdrawals.may_be_plain(undo) and withdrawals.may_be_plain(replace(undo, object=LIKE.id))
    assert not withdrawals.may_be_plain(replace(undo, object=replace(LIKE, actor="https://bray.test/users/carl")))
    assert not withdrawals.may_be_plain(replace(undo, object=follow))
    kept = KeptReaction(post_id=5, shared=True)
    assert withdrawals.decide(withdrawals.ArrivedWithdrawal(actor_id=BOB.id, kept=kept)) == withdrawals.PlainWithdrawal(
        pair=(BOB.id, 5), shared=True
    )


def test_a_deletion_is_of_ones_own_server_and_never_of_oneself() -> None:
    delete = Delete(id="https://henin.test/deletes/1", actor=BOB.uri, object=Tombstone(id=NOTE.id))
    foreign = replace(delete, object=Tombstone(id="https://bray.test/notes/1"))

    assert not deletions.may_be_plain(replace(delete, object=Tombstone(id=BOB.uri)))
    plain = deletions.decide(deletions.ArrivedDeletion(sent=Sent(delete, BOB), held=DeletedPost(id=5)))
    assert plain == deletions.PlainDeletion(uri=NOTE.id, actor_uri=BOB.uri, post_id=5)
    with pytest.raises(Ignored):
        deletions.decide(deletions.ArrivedDeletion(sent=Sent(foreign, BOB), held=DeletedPost(id=None)))


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
