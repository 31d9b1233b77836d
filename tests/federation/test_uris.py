"""Our addresses, and the comparison of anybody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import uris
from models.errors import Invalid
from models.settings import Site

SITE = Site(url="https://lomme.example", host="lomme.example")
DEMO = Site(url="http://localhost:8001", host="localhost:8001")
UUID = "0b9c6f2e-3f0e-4c1c-9a55-6a1f0b7f1a01"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (uris.actor_uri(SITE, "alice"), "actor"),
        (uris.main_key_uri(SITE, "alice"), "key"),
        (uris.ed25519_key_uri(SITE, "alice"), "key"),
        (uris.inbox_uri(SITE, "alice"), "inbox"),
        (uris.outbox_uri(SITE, "alice"), "outbox"),
        (uris.followers_uri(SITE, "alice"), "followers"),
        (uris.following_uri(SITE, "alice"), "following"),
        (uris.featured_uri(SITE, "alice"), "featured"),
        (uris.proposals_uri(SITE, "alice"), "proposals"),
        (uris.listing_uri(SITE, "alice", UUID), "listing"),
        (uris.listing_uri(SITE, "alice", UUID) + "#primary", "intent"),
        (uris.listing_uri(SITE, "alice", UUID) + "/replies", "listing_replies"),
        (uris.listing_uri(SITE, "alice", UUID) + "/context", "listing_context"),
        (uris.listing_uri(SITE, "alice", UUID) + "/proposal", "listing_proposal"),
        (uris.note_uri(SITE, "alice", UUID), "note"),
        (uris.note_uri(SITE, "alice", UUID) + "/replies", "note_replies"),
        pytest.param(uris.activity_uri(SITE, "alice"), "activity", id="activity"),
        (f"{SITE.url}/users/alice/agreements/{UUID}", "agreement"),
        (f"{SITE.url}/users/alice/events/{UUID}", "event"),
        (uris.profile_url(SITE, "alice"), "profile_page"),
        (uris.note_url(SITE, "alice", UUID), "note_page"),
        (uris.listing_url(SITE, UUID), "listing_page"),
        (uris.shared_inbox_uri(SITE), "shared_inbox"),
        (uris.tag_url(SITE, "Vélo"), "tag_page"),
    ],
)
def test_every_address_that_we_mint_is_recognised(address: str, kind: str) -> None:
    found = uris.parse_local(SITE, address)

    assert found is not None
    assert found.kind == kind
    assert found.username == ("alice" if "alice" in address else "")
    assert found.uuid == (UUID if UUID in address else found.uuid)


@pytest.mark.parametrize(
    "address",
    [
        "https://lomme.example",
        "https://lomme.example/",
        "https://lomme.example/users/",
        "https://lomme.example/users/Alice",
        "https://lomme.example/users/alice/",
        "https://lomme.example/users/alice?x=1",
        "https://lomme.example/users/alice#other",
        "https://lomme.example/users/../users/alice",
        f"https://lomme.example/users/alice/items/{UUID}#third",
        "https://lomme.example/users/alice/items/1",
        "https://lomme.example.evil.test/users/alice",
        "http://lomme.example/users/alice",
        "https://henin.example/users/alice",
    ],
)
def test_what_we_never_minted_is_not_recognised(address: str) -> None:
    assert uris.parse_local(SITE, address) is None


def test_each_activity_has_an_id_of_its_own() -> None:
    assert uris.activity_uri(SITE, "alice") != uris.activity_uri(SITE, "alice")


def test_the_address_of_a_hashtag_is_percent_encoded() -> None:
    assert uris.tag_url(SITE, "DépannageVélo") == "https://lomme.example/tags/d%C3%A9pannagev%C3%A9lo"
    assert uris.tag_url(SITE, "a/b?c") == "https://lomme.example/tags/a%2Fb%3Fc"


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://a.example/x", "a.example", "https://a.example"),
        ("HTTPS://A.Example:443/x", "a.example", "https://a.example"),
        ("https://a.example.", "a.example", "https://a.example"),
        ("https://a.example:8443/", "a.example:8443", "https://a.example:8443"),
        ("http://a.example:80", "a.example", "http://a.example"),
        ("https://hénin.example/", "xn--hnin-bpa.example", "https://xn--hnin-bpa.example"),
        ("http://127.2.3.1:9180/users/u1", "127.2.3.1:9180", "http://127.2.3.1:9180"),
        ("http://[::1]:8001/", "[::1]:8001", "http://[::1]:8001"),
        ("https://a.example:59999?x", "a.example:59999", "https://a.example:59999"),
        ("https://a.example:65535", "a.example:65535", "https://a.example:65535"),
        ("https://a.example:08443/", "a.example:8443", "https://a.example:8443"),
        ("https://a.example:0443/", "a.example", "https://a.example"),
        ("https://A.example:8443/", "a.example:8443", "https://a.example:8443"),
        ("https://a.example:/", "a.example", "https://a.example"),
    ],
)
def test_a_host_and_an_origin_have_one_form(address: str, host: str, origin: str) -> None:
    assert uris.host_of(address) == host
    assert uris.origin_of(address) == origin
    assert uris.is_uri(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a.example",
        "//a.example/x",
        "ftp://a.example/",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://user@a.example/",
        "https://a.example:99999/",
        "https://a.example:65536/",
        "https://a.example:8443@evil.test/",
        "https://a.example:8443:8443/",
        "https://a.example:8443x/",
        "https://a.example/ x",
        "https://a.example/\nx",
        "https://a.example\\@evil.test/",
        "https://[::1/",
        "https://exa mple.fr/",
        "https://" + "a" * 2048,
        "acct:bob@a.example",
        "did:key:z6Mk",
    ],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    assert not uris.is_uri(address)
    with pytest.raises(Invalid):
        uris.host_of(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://lomme.example/users/alice",
        "http://lomme.example/users/alice",
        "https://LOMME.example:443/x",
        "https://lomme.example./x",
        "https://lomme.example",
    ],
)
def test_whatever_claims_our_host_is_ours(address: str) -> None:
    assert uris.is_local(SITE, address)


def test_ports_tell_two_servers_on_one_machine_apart() -> None:
    assert uris.is_local(DEMO, "http://localhost:8001/users/alice")
    assert not uris.is_local(DEMO, "http://localhost:8002/users/alice")
    assert not uris.is_local(DEMO, "http://localhost:80010/users/alice")


@given(st.text(max_size=60))
def test_comparing_never_raises_and_agrees_with_the_fast_way(text: str) -> None:
    address = f"https://{text}"

    uris.is_local(SITE, address)
    assert uris.same_origin(address, address) == uris.is_uri(address)
