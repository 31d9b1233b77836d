"""Reactions, newer versions and deletions that come together leave what each leaves alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.people.actors import Actor
from models.relations import reactions
from models.relations.blocking import blocks, mutes, thread_mutes
from models.store.database import transaction
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk, write_moment
from tests.inbox.processing.effects import Scene, compare_ways, let_her_app_be_told
from tests.unknown_hosts import build_listing

PUBLISHED = datetime.now(UTC) - timedelta(hours=2)


def edit(desk: Desk, person: Person, note: dict[str, Any], minutes: int | None, **changes: Any) -> dict[str, Any]:
    """A newer version of this note; so many minutes after it was published."""
    moment = {} if minutes is None else {"updated": write_moment(PUBLISHED + timedelta(minutes=minutes))}
    published = write_moment(PUBLISHED + timedelta(minutes=minutes or 90))
    return desk.activity(person, "Update", note | moment | changes, published=published, to=[PUBLIC])


async def add_people(desk: Desk, alice: Actor, count: int) -> list[Person]:
    """Whom Alice follows, each at a host of theirs."""
    people = [desk.fediverse.add_person("bob", f"host{number}.test") for number in range(count)]
    for person in people:
        await desk.follow(alice, person)
    return people


def count_types(together: list[tuple[Any, ...]]) -> Counter[str]:
    """How many of each type took effect in sets."""
    return Counter(type for (type,) in together)


def write_reactions(desk: Desk, people: list[Person], ours: list[str]) -> list[Scene]:
    """Likes and shares of every kind, taken back and made again, of posts of ours of every kind."""
    public, muted, followers, unknown = ours
    theirs = [desk.note(person) for person in people]
    first = [(person, desk.activity(person, type, public)) for person in people for type in ("Like", "Announce")]
    undone = [desk.activity(people[0], "Like", muted), desk.activity(people[0], "Announce", muted)]
    return [
        [*((person, desk.create(person, note)) for person, note in zip(people, theirs, strict=True)), *first],
        [
            *((person, desk.activity(person, "Like", uri)) for person in people for uri in (muted, followers, unknown)),
            *((person, desk.activity(person, "Announce", followers)) for person in people[:2]),
            *((person, desk.activity(person, "Announce", theirs[0]["id"])) for person in people),
            *((person, desk.activity(person, "Like", theirs[1]["id"])) for person in people),
            (people[2], desk.activity(people[2], "Like", public)),
            (people[2], desk.activity(people[2], "Announce", public)),
        ],
        [
            *((person, desk.activity(person, "Undo", said)) for person, said in first[:4]),
            (people[2], desk.activity(people[2], "Undo", first[4][1]["id"])),
            (people[3], desk.activity(people[3], "Undo", first[0][1]["id"])),
            (people[0], desk.activity(people[0], "Like", public)),
            *((people[0], desk.activity(people[0], "Undo", said)) for said in undone),
            *((people[0], said) for said in undone),
            (people[4], desk.create(people[4], desk.note(people[4], inReplyTo=theirs[4]["id"]))),
            (people[4], desk.activity(people[4], "Like", theirs[0]["id"])),
            (people[4], desk.create(people[4])),
        ],
    ]


async def test_reactions(desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    people = await add_people(desk, alice, 8)
    async with transaction(desk.instance.pool) as conn:
        ours = [await make_note(conn, alice, audience=audience) for audience in ("network", "unlisted", "followers")]
        await thread_mutes.mute(conn, alice.id, ours[1].id)
        silent, barred = await desk.meet(people[5]), await desk.meet(people[6])
        await mutes.save(conn, actor_id=alice.id, target_id=silent.id)
        await blocks.save(conn, uri="https://lomme.test/blocks/1", actor_id=alice.id, target_id=barred.id)
    scenes = write_reactions(desk, people, [*(one.uri for one in ours), "https://lomme.test/notes/none"])

    await let_her_app_be_told(desk, alice)
    kept = await compare_ways(desk, monkeypatch, scenes)

    assert dict(kept["job"])["push"] >= 9
    assert count_types(kept["together"]) >= Counter(Like=8, Announce=6, Undo=2, Create=9)
    assert Counter(type for type, *_ in kept["told"]) >= Counter(favourite=5, reblog=4)
    assert {error for _, _, error, _ in kept["received"]} >= {"liked_not_here", "undone_before", None}


def write_edits(desk: Desk, people: list[Person], alice: Actor) -> list[Scene]:
    """Posts, and what becomes of each: one person edits one."""
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}
    photo = {"type": "Document", "url": "https://henin.test/1.jpg", "mediaType": "image/jpeg", "name": "Un vélo"}
    poll = {"type": "Question", "oneOf": [{"type": "Note", "name": name} for name in ("oui", "non")]}
    rich = {"attachment": [photo], "tag": [{"type": "Hashtag", "name": name} for name in ("#Vélo", "#Prêt")]}
    place = {"location": {"type": "Place", "name": "Lomme", "latitude": 50.64, "longitude": 2.98}}
    said: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
        ({}, [{"content": "<p>Autrement</p>"}]),
        (rich, [{"content": "<p>Sans rien</p>", "attachment": [], "tag": []}]),
        (rich, [{"attachment": [photo, photo | {"url": "https://henin.test/2.jpg"}], "tag": rich["tag"][1:]}]),
        ({}, [{"content": "<p>Un</p>"}, {"content": "<p>Deux</p>", "summary": "Attention", "sensitive": True}]),
        ({}, [{"content": "<p>Pour elle</p>", "cc": [alice.uri], "tag": [mention]}]),
        ({}, [{"content": "<p>Des pilules</p>"}, {"content": "<p>Rien</p>"}]),
        (poll, [poll | {"content": "<p>Vraiment ?</p>"}]),
        ({}, [poll]),
        ({"cc": [], "to": ["https://host8.test/users/bob/followers"]}, [{"content": "<p>Entre nous</p>"}]),
        ({"type": "Article", "name": "Titre"}, [{"name": "Autre titre", "content": "<p>Long</p>"}]),
    ]
    sent = [
        desk.note(person, published=write_moment(PUBLISHED), **first)
        for person, (first, _) in zip(people, said, strict=False)
    ]
    offers = [build_listing(person, published=write_moment(PUBLISHED)) for person in people[10:14]]
    changed: list[dict[str, Any]] = [
        {"content": "<p>Mieux dit</p>"},
        place,
        {"content": "<p>Des pilules</p>"},
        {"type": "Note"},
    ]
    return [
        [(person, desk.create(person, note)) for person, note in zip(people, [*sent, *offers], strict=False)],
        [
            *(
                (person, edit(desk, person, note, 10 * number, **changes))
                for person, note, (_, edits) in zip(people, sent, said, strict=False)
                for number, changes in enumerate(edits, 1)
            ),
            *(
                (person, edit(desk, person, offer, 10, **changes))
                for person, offer, changes in zip(people[10:14], offers, changed, strict=True)
            ),
            (people[0], edit(desk, people[0], sent[0], 5, content="<p>Trop tard</p>")),
            (people[0], edit(desk, people[0], sent[1], 30, content="<p>Pas à moi</p>")),
            (people[14], edit(desk, people[14], desk.note(people[14]), 30)),
            (people[14], edit(desk, people[14], desk.note(people[14], published="2020-01-01T00:00:00Z"), 30)),
        ],
        [
            (person, edit(desk, person, note, None, content="<p>Sans heure</p>"))
            for person, note in zip(people, sent, strict=False)
        ],
    ]


async def test_newer_versions(desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    people = await add_people(desk, alice, 16)
    stranger = desk.fediverse.add_person("stranger", "bray.test")
    await desk.meet(stranger)
    async with transaction(desk.instance.pool) as conn:
        await filters.save(
            conn, ModerationRule(name="Vente", patterns=("pilules",), action="hold", on_local=True, on_remote=True)
        )
    scenes = write_edits(desk, people[:15], alice)
    note, unwanted = desk.note(people[15]), desk.note(stranger)
    at_once: Scene = [
        (people[15], desk.create(people[15], note)),
        (people[15], edit(desk, people[15], note, 200, content="<p>Aussitôt</p>")),
        (people[15], desk.create(people[15], desk.note(people[15], inReplyTo=note["id"]))),
        (stranger, edit(desk, stranger, unwanted, 200)),
    ]

    kept = await compare_ways(desk, monkeypatch, [*scenes, at_once])

    assert count_types(kept["together"])["Update"] >= 12
    assert len(kept["version"]) >= 16
    assert {error for _, _, error, _ in kept["received"]} >= {"concerns_nobody", "edit_of_unknown_post", None}


async def test_a_newer_version_of_what_somebody_here_shared_is_told_to_her(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob, published=write_moment(PUBLISHED))
    await desk.take(bob, desk.create(bob, note))
    async with transaction(desk.instance.pool) as conn:
        post_id = await conn.fetchval("SELECT id FROM post WHERE uri = $1", note["id"])
        await reactions.share(conn, uri="https://lomme.test/shares/1", actor_id=alice.id, post_id=post_id)

    await desk.take(bob, edit(desk, bob, note, 10, content="<p>Autrement</p>"))

    assert await desk.told(alice) == ["update"]


def write_deletions(desk: Desk, people: list[Person], ours: str) -> list[Scene]:
    """Posts, and that each is taken back."""
    photo = {"type": "Document", "url": "https://henin.test/1.jpg", "mediaType": "image/jpeg", "name": "Un vélo"}
    poll = {"type": "Question", "oneOf": [{"type": "Note", "name": name} for name in ("oui", "non")]}
    kinds: list[dict[str, Any]] = [
        {},
        {"attachment": [photo], "tag": [{"type": "Hashtag", "name": "#Vélo"}]},
        poll,
        {"inReplyTo": ours},
        {"quoteUri": ours},
        {"cc": [], "to": ["https://host5.test/users/bob/followers"]},
        {"content": "<p>Des pilules</p>"},
    ]
    notes = [desk.note(person, **kind) for person, kind in zip(people, kinds, strict=False)]
    offers = [build_listing(person) for person in people[7:9]]
    answer = desk.note(people[9], inReplyTo=notes[0]["id"])
    posts = [*notes, *offers, answer]
    again = desk.note(people[0])
    return [
        [(person, desk.create(person, post)) for person, post in zip(people, posts, strict=True)],
        [
            (people[9], desk.activity(people[9], "Like", notes[0]["id"])),
            (people[9], desk.activity(people[9], "Announce", notes[1]["id"])),
            (people[1], edit(desk, people[1], notes[1], 200)),
        ],
        [
            *(
                (person, desk.activity(person, "Delete", {"id": post["id"], "type": "Tombstone"}))
                for person, post in zip(people[:9], posts, strict=False)
            ),
            (people[9], desk.activity(people[9], "Delete", notes[0]["id"])),
            (people[9], desk.activity(people[9], "Delete", f"{people[9].uri}/notes/unknown")),
            (people[0], desk.activity(people[0], "Delete", notes[0]["id"])),
            (people[0], desk.create(people[0], notes[0])),
            (people[0], desk.create(people[0], again)),
            (people[0], desk.activity(people[0], "Delete", again["id"])),
            (people[0], desk.create(people[0], again)),
        ],
    ]


async def test_a_share_of_what_its_sender_deleted_just_before(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    newer = note | {"content": "<p>Autrement</p>", "updated": write_moment(datetime.now(UTC) + timedelta(hours=1))}
    desk.fediverse.documents[note["id"]] = newer

    kept = await compare_ways(
        desk,
        monkeypatch,
        [
            [(bob, desk.create(bob, note))],
            [(bob, desk.activity(bob, "Delete", note["id"])), (bob, desk.activity(bob, "Announce", newer))],
        ],
    )

    assert kept["received"][-1][2] == "shared_not_public_or_gone"


async def test_deletions(desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    people = await add_people(desk, alice, 10)
    async with transaction(desk.instance.pool) as conn:
        ours = await make_note(conn, alice)

    kept = await compare_ways(desk, monkeypatch, write_deletions(desk, people, ours.uri))

    assert count_types(kept["together"])["Delete"] >= 8
    assert len(kept["void"]) >= 11
    assert "deleted_before" in {error for _, _, error, _ in kept["received"]}
