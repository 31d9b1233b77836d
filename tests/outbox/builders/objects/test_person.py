"""Our actors on the wire (AC2 to AC5)."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from federation.documents.serialize import to_json
from federation.signatures.public_keys import read_multikey
from federation.texts.html_cleaner import to_text
from models.people.actors import Actor
from models.people.keys import StoredPublicKey
from outbox.builders.objects.person import build_actor
from outbox.builders.objects.summaries import build_summary
from tests.outbox.sample_people import ALICE, AT, SITE, actor, picture

SPKI = PublicFormat.SubjectPublicKeyInfo
RSA = rsa.generate_private_key(65537, 2048).public_key().public_bytes(Encoding.PEM, SPKI).decode()
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
MULTIBASE = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"


def keys_of(owner: Actor) -> list[StoredPublicKey]:
    pem = ED25519.public_bytes(Encoding.PEM, SPKI).decode()
    return [
        StoredPublicKey(uri=f"{owner.uri}#main-key", owner=owner.uri, algorithm="rsa", pem=RSA, fetched_at=AT),
        StoredPublicKey(uri=f"{owner.uri}#ed25519-key", owner=owner.uri, algorithm="ed25519", pem=pem, fetched_at=AT),
    ]


def build(value: Actor, **pictures: Any) -> dict[str, Any]:
    return to_json(build_actor(SITE, value, keys_of(value), **pictures))


def test_a_member_is_exactly_this() -> None:
    member = actor(fields=[{"name": "Ville", "value": "<p>Lomme</p>"}], summary="<p>Cycliste.</p>")

    written = build(member, icon=picture())

    assert written.pop("@context")[:2] == ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
    assert written == {
        "id": "https://lomme.example/users/alice",
        "type": "Person",
        "preferredUsername": "alice",
        "webfinger": "alice@lomme.example",
        "name": "Alice",
        "summary": "<p>Cycliste.</p>",
        "url": "https://lomme.example/@alice",
        "inbox": "https://lomme.example/users/alice/inbox",
        "outbox": "https://lomme.example/users/alice/outbox",
        "followers": "https://lomme.example/users/alice/followers",
        "following": "https://lomme.example/users/alice/following",
        "featured": "https://lomme.example/users/alice/featured",
        "endpoints": {"sharedInbox": "https://lomme.example/inbox"},
        "published": "2026-01-10T00:00:00Z",
        "publicKey": {
            "id": "https://lomme.example/users/alice#main-key",
            "owner": "https://lomme.example/users/alice",
            "publicKeyPem": RSA,
        },
        "assertionMethod": [
            {
                "id": "https://lomme.example/users/alice#ed25519-key",
                "type": "Multikey",
                "controller": "https://lomme.example/users/alice",
                "publicKeyMultibase": MULTIBASE,
            }
        ],
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": True,
        "icon": {
            "type": "Image",
            "mediaType": "image/jpeg",
            "url": "https://lomme.example/media/8f1c.jpg",
            "name": "Petit vélo rouge contre un mur",
        },
        "attachment": [{"type": "PropertyValue", "name": "Ville", "value": "<p>Lomme</p>"}],
        "tag": [],
        "territory": "https://lomme.example/users/coop",
    }


def test_the_multikey_is_the_key() -> None:
    assert read_multikey(build(ALICE)["assertionMethod"][0]["publicKeyMultibase"]) == ED25519


def test_an_icon_stands_only_where_there_is_one() -> None:
    assert "icon" not in build(ALICE)
    assert build(ALICE, image=picture())["image"]["type"] == "Image"


def test_a_cooperative_says_what_area_it_serves() -> None:
    coop = actor(
        "coop",
        type="Organization",
        locked=True,
        territory_uri=None,
        place_name="Lomme",
        postcode="59160",
        latitude=50.645,
        longitude=2.987,
        radius=15_000,
    )

    written = build(coop)

    assert written["serviceArea"] == written["location"]
    assert written["serviceArea"]["radius"] == 15_000
    assert written["manuallyApprovesFollowers"] is True
    assert "territory" not in written


def test_the_application_says_what_the_server_can_do() -> None:
    written = build(actor("instance", type="Application"))

    assert {"type": "Link", "href": "https://w3id.org/fep/0837", "name": "FEP-0837"} in written["implements"]
    assert {"type": "Link", "href": "https://w3id.org/declic/v1", "name": "Declic v1"} in written["implements"]


def test_a_group_says_what_it_passes_on() -> None:
    group = actor("depannage_velo", type="Group", category="https://w3id.org/declic/cat#velo-reparation")

    assert build(group)["category"] == "https://w3id.org/declic/cat#velo-reparation"


def test_a_suspended_member_keeps_address_and_key_and_shows_nothing_else() -> None:
    member = actor(
        suspended_at=AT, summary="<p>x</p>", fields=[{"name": "a", "value": "b"}], place_name="Lomme", latitude=50.6
    )

    written = build(member, icon=picture())

    assert written["suspended"] is True
    assert (written["name"], written["summary"], written["attachment"]) == ("", "", [])
    assert "icon" not in written
    assert "location" not in written
    assert written["publicKey"]["publicKeyPem"] == RSA


def test_a_move_and_its_aliases_are_told() -> None:
    moved = actor(moved_to="https://b.example/alice", also_known_as=["https://b.example/alice"])

    written = build(moved)

    assert written["movedTo"] == "https://b.example/alice"
    assert written["alsoKnownAs"] == ["https://b.example/alice"]


def test_hashtags_of_a_summary_are_links_and_tags_for_everybody() -> None:
    member = actor(summary="<p>Cycliste, #Vélo &amp; #jardin.</p>")

    written = build(member)

    assert [tag["name"] for tag in written["tag"]] == ["#Vélo", "#jardin"]
    assert written["tag"][0]["href"] == "https://lomme.example/tags/v%C3%A9lo"
    assert written["summary"].count('class="mention hashtag"') == 2 and "&amp;" in written["summary"]
    assert to_text(written["summary"]) == "Cycliste, #Vélo & #jardin."


def test_what_others_say_of_themselves_is_left_as_it_is() -> None:
    theirs = actor("bob", "henin.example", summary="<p>#velo</p>")

    assert build_summary(SITE, theirs) == "<p>#velo</p>"
