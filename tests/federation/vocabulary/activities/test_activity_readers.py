"""Activities, read from every shape in which they come."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from federation.errors import Malformed, Unsupported
from federation.vocabulary.activities.activities import (
    Accept,
    Activity,
    Announce,
    Create,
    Delete,
    Flag,
    Follow,
    Offer,
    Undo,
)
from federation.vocabulary.activities.activity_readers import READERS, read_activity, require_readable
from federation.vocabulary.agreements import Agreement, EconomicEvent
from federation.vocabulary.objects import Note
from tests.payloads import load_json

BOB = "https://a.example/users/bob"
ALICE = "https://lomme.example/users/alice"
OURS = "declic/agreements"
LIKE: dict[str, Any] = {"id": f"{BOB}#likes/1", "type": "Like", "actor": BOB, "object": f"{ALICE}/items/1"}


def test_every_type_has_a_reader_that_makes_it() -> None:
    assert {name: reader.__annotations__["return"] for name, reader in READERS.items()} == {
        kind.__name__: kind for kind in get_args(Activity)
    }


@pytest.mark.parametrize("actor", [BOB, [BOB], {"id": BOB, "type": "Person"}, [{"id": BOB}], [BOB, BOB]])
def test_an_actor_comes_in_many_shapes(actor: object) -> None:
    assert read_activity(LIKE | {"actor": actor}).actor == BOB


def test_two_actors_are_dropped() -> None:
    with pytest.raises(Unsupported):
        read_activity(LIKE | {"actor": [BOB, ALICE]})


@pytest.mark.parametrize("actor", [None, [], 5, "bob", {"name": "bob"}])
def test_nobody_as_actor_is_malformed(actor: object) -> None:
    with pytest.raises(Malformed):
        read_activity(LIKE | {"actor": actor})


@pytest.mark.parametrize("id", [None, "", 5, "urn:x"])
def test_an_activity_without_id_is_passing_news(id: object) -> None:
    with pytest.raises(Unsupported):
        read_activity(LIKE | {"id": id})


@pytest.mark.parametrize("type", ["EmojiReact", "Dislike", "View", "Note", ["Custom"], "Question"])
def test_a_type_that_we_do_not_know_is_unsupported(type: object) -> None:
    with pytest.raises(Unsupported):
        read_activity(LIKE | {"type": type})


@pytest.mark.parametrize("type", [None, "", [], 5, {}])
def test_no_type_is_malformed(type: object) -> None:
    with pytest.raises((Malformed, Unsupported)):
        read_activity(LIKE | {"type": type})


def test_one_known_type_among_several_is_enough() -> None:
    assert type(read_activity(LIKE | {"type": ["Custom", "Like"]})).__name__ == "Like"


def test_an_accept_carries_the_follow_or_names_it() -> None:
    whole = read_activity(load_json("mastodon/accept_follow"))
    named = read_activity(load_json("mastodon/accept_follow") | {"object": f"{ALICE}/activities/1"})
    anonymous = load_json("mastodon/accept_follow")
    del anonymous["object"]["id"]
    lost = read_activity(anonymous)

    assert isinstance(whole, Accept)
    assert isinstance(whole.object, Follow)
    assert whole.object.actor == ALICE
    assert isinstance(named, Accept)
    assert named.object == f"{ALICE}/activities/1"
    assert isinstance(lost, Accept)
    assert isinstance(lost.object, Follow)
    assert lost.object.id == ""


def test_an_undo_of_something_unknown_keeps_its_address() -> None:
    read = read_activity(LIKE | {"type": "Undo", "object": {"type": "EmojiReact", "id": f"{BOB}#1", "actor": BOB}})

    assert isinstance(read, Undo)
    assert read.object == f"{BOB}#1"


def test_a_delete_names_a_tombstone_or_an_actor() -> None:
    post, actor = read_activity(load_json("mastodon/delete_note")), read_activity(load_json("mastodon/delete_actor"))

    assert isinstance(post, Delete)
    assert post.object.id == "https://social.example/users/bob/statuses/112233"
    assert isinstance(actor, Delete)
    assert actor.object.id == actor.actor


def test_a_group_passes_an_activity_on() -> None:
    read = read_activity(load_json("lemmy/announce_page"))

    assert isinstance(read, Announce)
    assert isinstance(read.object, Create)
    assert isinstance(read.object.object, Note)
    assert read.object.object.name == "Quel antivol ?"


def test_our_own_groups_pass_on_a_create_whose_object_is_an_address() -> None:
    read = read_activity(load_json("declic/announce_create"))

    assert isinstance(read, Announce)
    assert isinstance(read.object, Create)
    assert isinstance(read.object.object, str)


def test_terms_are_offered_accepted_and_fulfilled() -> None:
    offer, accept = read_activity(load_json(f"{OURS}/offer")), read_activity(load_json(f"{OURS}/accept_by_owner"))
    done = read_activity(load_json(f"{OURS}/create_event_out_by_partner"))

    assert isinstance(offer, Offer) and isinstance(offer.object, Agreement)
    assert offer.object.stipulates.satisfies == (
        "https://lomme.example/users/alice/items/00000000-0000-4000-8000-000000000002#primary"
    )
    assert isinstance(accept, Accept)
    assert accept.result is not None
    assert (accept.result.state, accept.result.attributed_to) == ("Accepted", accept.actor)
    assert isinstance(done, Create)
    assert isinstance(done.object, EconomicEvent)
    assert done.object.context == "https://lomme.example/users/alice/agreements/00000000-0000-4000-8000-000000000005"


def test_a_counter_proposal_names_what_it_answers() -> None:
    read = read_activity(load_json(f"{OURS}/offer") | {"inReplyTo": f"{ALICE}/activities/7"})

    assert isinstance(read, Offer)
    assert read.in_reply_to == f"{ALICE}/activities/7"


def test_an_offer_of_anything_else_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        read_activity(LIKE | {"type": "Offer"})


def test_a_report_is_cut() -> None:
    objects = [BOB, *(f"https://a.example/{n}" for n in range(500))]

    read = read_activity(LIKE | {"type": "Flag", "object": objects, "content": "x" * 10_000})

    assert isinstance(read, Flag)
    assert (len(read.objects), len(read.content)) == (100, 5000)


def _what_is_raised(read: Callable[[dict[str, Any]], object], document: dict[str, Any]) -> str:
    try:
        read(document)
    except (Malformed, Unsupported) as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("type", sorted(READERS))
@pytest.mark.parametrize(
    "object",
    [
        None, 7, [], {}, "no address", ALICE, [ALICE], {"id": ALICE}, {"type": "Note"}, {"type": "Note", "id": ALICE},
        {"type": "Person", "id": ALICE}, {"type": "Charter", "id": ALICE}, {"type": "Charter"}, {"type": "Agreement"},
        {"type": "Event", "id": ALICE, "startTime": 7}, {"type": "Relationship"}, [{"type": "Tombstone"}],
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_at_the_door_as_it_would_be_inside(type: str, object: object) -> None:
    document = LIKE | {"type": type, "object": object}

    assert _what_is_raised(require_readable, document) == _what_is_raised(read_activity, document)
