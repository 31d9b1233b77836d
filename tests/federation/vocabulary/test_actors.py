"""Actors as their servers show them (AC11)."""

from typing import Any

import pytest

from federation.errors import Malformed
from federation.vocabulary.actors import ProfileField, read_actor
from federation.vocabulary.keys import PublicKeyPem
from federation.vocabulary.places import Place
from tests.payloads import load_json

BOB = "https://a.example/users/bob"
MINIMAL: dict[str, Any] = {"id": BOB, "type": "Person", "preferredUsername": "bob", "inbox": f"{BOB}/inbox"}


def test_an_actor_of_mastodon_is_read_whole() -> None:
    actor = read_actor(load_json("mastodon/actor"))

    assert (actor.username, actor.name, actor.type) == ("bob", "Bob", "Person")
    assert actor.shared_inbox == "https://social.example/inbox"
    assert actor.icon is not None
    assert actor.icon.url == "https://files.social.example/avatar.png"
    assert actor.fields == (ProfileField(name="Ville", value="Lille"),)
    assert (actor.locked, actor.discoverable, actor.indexable) == (False, True, False)
    assert actor.public_keys[0].owner == actor.id
    assert actor.also_known_as == ("https://ancien.example/users/bob",)
    assert actor.raw["memorial"] is False


def test_our_own_actors_tell_what_they_are_for() -> None:
    coop, application = read_actor(load_json("declic/organization")), read_actor(load_json("declic/application"))
    group = read_actor(load_json("declic/group"))

    assert isinstance(coop.service_area, Place)
    assert "https://w3id.org/declic/v1" in application.implements
    assert group.category == "https://w3id.org/declic/cat#velo-reparation"
    assert group.moderators == f"{group.id}/moderators"
    assert group.multikeys[0].controller == group.id


@pytest.mark.parametrize(
    "icon",
    [
        "https://a.example/i.png",
        {"type": "Image", "url": "https://a.example/i.png"},
        {"url": "https://a.example/i.png"},
        [{"type": "Image", "url": [{"type": "Link", "href": "https://a.example/i.png"}]}],
        [5, None, "https://a.example/i.png"],
    ],
)
def test_an_icon_comes_in_many_shapes(icon: object) -> None:
    actor = read_actor(MINIMAL | {"icon": icon})

    assert actor.icon is not None
    assert actor.icon.url == "https://a.example/i.png"


@pytest.mark.parametrize(
    ("key", "read"),
    [
        ("https://a.example/keys/1", (PublicKeyPem(id="https://a.example/keys/1"),)),
        ({"id": f"{BOB}#k", "owner": BOB, "publicKeyPem": "PEM"}, (PublicKeyPem(id=f"{BOB}#k", owner=BOB, pem="PEM"),)),
        ([{"id": f"{BOB}#k"}, f"{BOB}#l", 5], (PublicKeyPem(id=f"{BOB}#k"), PublicKeyPem(id=f"{BOB}#l"))),
        ({"publicKeyPem": "PEM"}, ()),
        (None, ()),
    ],
)
def test_a_key_comes_in_many_shapes(key: object, read: tuple[PublicKeyPem, ...]) -> None:
    assert read_actor(MINIMAL | {"publicKey": key}).public_keys == read


@pytest.mark.parametrize(
    "url", ["https://a.example/@bob", ["https://a.example/@bob"], {"href": "https://a.example/@bob"}]
)
def test_a_page_comes_in_many_shapes(url: object) -> None:
    assert read_actor(MINIMAL | {"url": url}).url == "https://a.example/@bob"


def test_an_inbox_may_be_elsewhere() -> None:
    assert read_actor(MINIMAL | {"inbox": "https://b.example/inbox"}).inbox == "https://b.example/inbox"


def test_webfinger_may_stand_for_the_username() -> None:
    without = {key: value for key, value in MINIMAL.items() if key != "preferredUsername"}

    assert read_actor(without | {"webfinger": "bob@a.example"}).username == "bob"


def test_lists_are_cut() -> None:
    actor = read_actor(
        MINIMAL
        | {
            "attachment": [{"type": "PropertyValue", "name": str(n), "value": "x"} for n in range(60)],
            "alsoKnownAs": [f"https://a.example/{n}" for n in range(300)],
            "publicKey": [f"{BOB}#{n}" for n in range(100)],
        }
    )

    assert (len(actor.fields), len(actor.also_known_as), len(actor.public_keys)) == (50, 100, 10)


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "Note"},
        {"id": None},
        {"id": "acct:bob@a.example"},
        {"inbox": None},
        {"inbox": "javascript:alert(1)"},
        {"preferredUsername": None},
        {"preferredUsername": "b o b"},
        {"preferredUsername": "x" * 2049},
    ],
)
def test_an_actor_without_what_it_needs_is_malformed(broken: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_actor(MINIMAL | broken)
