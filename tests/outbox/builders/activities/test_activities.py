"""Each activity of ours, against one literal JSON."""

import pkgutil
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.documents.parse import read_fetched
from federation.documents.serialize import Serializable, to_json
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Follow
from federation.vocabulary.agreements import Agreement, Commitment
from federation.vocabulary.objects import Note
from inbox import handlers
from outbox.builders import activities
from outbox.builders.activities.accept import build_accept
from outbox.builders.activities.announce import build_announce, build_group_announce
from outbox.builders.activities.create import build_create
from outbox.builders.activities.delete import build_delete
from outbox.builders.activities.flag import build_flag
from outbox.builders.activities.follow import build_follow
from outbox.builders.activities.like import build_like
from outbox.builders.activities.move import build_move
from outbox.builders.activities.offer import build_offer
from outbox.builders.activities.reject import build_reject
from outbox.builders.activities.undo import build_undo
from outbox.builders.activities.update import build_actor_update, build_update
from outbox.builders.objects.note import build_note
from outbox.builders.objects.person import build_actor
from outbox.builders.objects.proposal import build_proposal
from tests.outbox.sample_people import ALICE, AT, BOB, LATER, PUBLIC, SITE, actor, listing, post

A, B = "https://lomme.example/users/alice", "https://henin.example/users/bob"
GROUP = actor("offres", type="Group")
INSTANCE = actor("instance", type="Application")
FOLLOW = Follow(id=f"{B}#follows/1", actor=B, object=A, to=(A,), raw={"x": 1})


def written(value: Serializable) -> dict[str, Any]:
    """The JSON without context and without the id, which is fresh each time."""
    document = to_json(value)
    assert read_fetched(document) is not None
    assert re.fullmatch(rf"https://lomme\.example/users/\w+/activities/{'[0-9a-f-]{36}'}", document.pop("id"))
    del document["@context"]
    return document


def note() -> Note:
    return build_note(SITE, ALICE, post(content="<p>Bonjour</p>"))


def test_create() -> None:
    created = written(build_create(SITE, ALICE, note()))

    assert created.pop("object")["type"] == "Note"
    assert created == {
        "type": "Create",
        "actor": A,
        "published": "2026-11-24T09:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{A}/followers"],
    }


def test_create_of_a_listing_holds_the_object_as_it_is_served() -> None:
    proposal = build_proposal(SITE, ALICE, listing())

    created = written(build_create(SITE, ALICE, proposal))

    served = to_json(proposal)
    del served["@context"]
    assert created["object"] == served
    assert created["audience"] == "https://lomme.example/users/offres"


def test_update() -> None:
    updated = written(build_update(SITE, ALICE, build_proposal(SITE, ALICE, listing(post={"updated_at": LATER}))))

    assert updated.pop("object")["updated"] == "2026-11-24T17:41:00Z"
    assert updated == {
        "type": "Update",
        "actor": A,
        "published": "2026-11-24T17:41:00Z",
        "to": [PUBLIC],
        "cc": [f"{A}/followers", "https://lomme.example/users/offres"],
        "audience": "https://lomme.example/users/offres",
    }


def test_an_update_of_what_was_never_edited_says_when_it_left() -> None:
    updated = build_update(SITE, ALICE, note())

    assert updated.object.updated is None  # type: ignore[union-attr] # a note was read
    assert updated.published is not None and datetime.now(UTC) - updated.published < timedelta(minutes=1)


def test_every_update_has_an_id_of_its_own() -> None:
    assert build_update(SITE, ALICE, note()).id != build_update(SITE, ALICE, note()).id


def test_update_of_a_profile() -> None:
    updated = written(build_actor_update(SITE, ALICE, build_actor(SITE, ALICE, ()), LATER))

    assert updated.pop("object")["preferredUsername"] == "alice"
    assert updated == {
        "type": "Update",
        "actor": A,
        "published": "2026-11-24T17:41:00Z",
        "to": [PUBLIC],
        "cc": [f"{A}/followers"],
    }


def test_delete() -> None:
    assert written(build_delete(SITE, ALICE, post(), LATER)) == {
        "type": "Delete",
        "actor": A,
        "published": "2026-11-24T17:41:00Z",
        "to": [PUBLIC],
        "cc": [f"{A}/followers"],
        "object": {
            "id": post().uri,
            "type": "Tombstone",
            "formerType": "Note",
            "deleted": "2026-11-24T17:41:00Z",
        },
    }


def test_follow() -> None:
    assert written(build_follow(SITE, ALICE, BOB)) == {
        "type": "Follow",
        "actor": A,
        "to": [B],
        "cc": [],
        "object": B,
    }


@pytest.mark.parametrize(("build", "type"), [(build_accept, "Accept"), (build_reject, "Reject")])
def test_an_answer_embeds_the_follow(build: Any, type: str) -> None:
    assert written(build(SITE, ALICE, FOLLOW)) == {
        "type": type,
        "actor": A,
        "to": [B],
        "cc": [],
        "object": {"id": f"{B}#follows/1", "type": "Follow", "actor": B, "object": A},
    }


def test_undo_embeds_what_it_undoes() -> None:
    follow = build_follow(SITE, ALICE, BOB)

    assert written(build_undo(SITE, ALICE, follow)) == {
        "type": "Undo",
        "actor": A,
        "to": [B],
        "cc": [],
        "object": {"id": follow.id, "type": "Follow", "actor": A, "to": [B], "cc": [], "object": B},
    }


def test_like() -> None:
    liked = written(build_like(SITE, ALICE, f"{B}/items/1", B))

    assert liked == {"type": "Like", "actor": A, "to": [B], "cc": [], "object": f"{B}/items/1"}


def test_announce() -> None:
    assert written(build_announce(SITE, ALICE, f"{B}/items/1", B, AT)) == {
        "type": "Announce",
        "actor": A,
        "published": "2026-11-24T09:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{A}/followers", B],
        "object": f"{B}/items/1",
    }


def test_a_group_announces_the_create_with_its_object_by_id() -> None:
    create = build_create(SITE, ALICE, build_proposal(SITE, ALICE, listing()))
    group = "https://lomme.example/users/offres"

    assert written(build_group_announce(SITE, GROUP, create, AT)) == {
        "type": "Announce",
        "actor": group,
        "published": "2026-11-24T09:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{group}/followers"],
        "audience": group,
        "object": {
            "id": create.id,
            "type": "Create",
            "actor": A,
            "published": "2026-11-24T09:00:00Z",
            "to": [PUBLIC],
            "cc": [f"{A}/followers", group],
            "audience": group,
            "object": listing().uri,
        },
    }


def test_flag() -> None:
    assert written(
        build_flag(INSTANCE, BOB, (f"{B}/items/1",), "Annonce frauduleuse", id=activity_uri(SITE, INSTANCE.username))
    ) == {
        "type": "Flag",
        "actor": "https://lomme.example/users/instance",
        "to": [B],
        "cc": [],
        "content": "Annonce frauduleuse",
        "object": [B, f"{B}/items/1"],
    }


def test_move() -> None:
    assert written(build_move(SITE, ALICE, "https://b.example/alice")) == {
        "type": "Move",
        "actor": A,
        "to": [f"{A}/followers"],
        "cc": [],
        "object": A,
        "target": "https://b.example/alice",
    }


def test_offer() -> None:
    terms = Agreement(stipulates=Commitment(satisfies=f"{B}/items/1#primary", provider=B, receiver=A))

    offered = written(build_offer(SITE, ALICE, terms, B, text="Demain ?", in_reply_to=f"{B}/activities/1"))

    assert offered == {
        "type": "Offer",
        "actor": A,
        "to": [B],
        "cc": [],
        "content": "<p>Demain ?</p>",
        "inReplyTo": f"{B}/activities/1",
        "object": {
            "type": "Agreement",
            "stipulates": {"type": "Commitment", "satisfies": f"{B}/items/1#primary", "provider": B, "receiver": A},
        },
    }


def test_who_has_no_followers_address_leaves_none_empty() -> None:
    alone = replace(ALICE, followers_uri=None)

    assert written(build_announce(SITE, alone, f"{B}/items/1", B, AT))["cc"] == [B]


def test_federation_names_each_activity_that_leaves_and_each_that_is_handled() -> None:
    page = Path("FEDERATION.md").read_text()
    sent = page.partition("## What we send\n")[2].partition("\n### ")[0]

    for folder, text in ((activities, sent), (handlers, page)):
        names = {one.name.title().replace("_", "") for one in pkgutil.iter_modules(folder.__path__)}
        assert len(names) > 15 and {name for name in names if f"`{name}`" not in text} == set()
