"""Who may speak for which id."""

import pytest

from federation.documents.origin import require_attributed, require_owner, require_same_origin, same_origin
from federation.errors import NotAllowed
from federation.vocabulary.activities.activities import Like

BOB = "https://henin.test/users/bob"
MALLORY = "https://evil.test/users/mallory"


def like(actor: str, id: str) -> Like:
    return Like(id=id, actor=actor, object="https://lomme.test/users/alice/items/1")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://a.example/x", "https://a.example/y#z", True),
        ("https://A.example:443/x", "https://a.example/y", True),
        ("https://hénin.example/", "https://xn--hnin-bpa.example/", True),
        ("https://a.example/", "http://a.example/", False),
        ("https://a.example/", "https://a.example:8443/", False),
        ("https://a.example/", "https://b.a.example/", False),
        ("https://a.example/", "https://a.example.evil.test/", False),
        ("https://a.example/", "https://a.example@evil.test/", False),
        ("https://a.example/", "acct:bob@a.example", False),
        ("", "", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(first: str, second: str, same: bool) -> None:
    assert same_origin(first, second) is same


def test_sg18_an_activity_is_its_signers() -> None:
    require_owner(like(BOB, f"{BOB}#likes/1"), BOB)
    require_owner(like(BOB, ""), BOB)

    for activity, signer in (
        (like(BOB, f"{BOB}#likes/1"), MALLORY),
        (like(BOB, f"{BOB}#likes/1"), "https://henin.test/users/carol"),
        (like(BOB, f"{MALLORY}#likes/1"), BOB),
        (like(BOB, "http://henin.test/likes/1"), BOB),
    ):
        with pytest.raises(NotAllowed):
            require_owner(activity, signer)


@pytest.mark.parametrize(
    ("id", "attributed_to"),
    [
        ("https://henin.test/notes/1", MALLORY),
        ("https://henin.test/notes/1", None),
        ("https://henin.test/notes/1", "1"),
        ("https://victim.test/notes/1", BOB),
        ("https://lomme.test/users/alice/items/1", BOB),
    ],
)
def test_b22_an_object_is_its_authors(id: str, attributed_to: str | None) -> None:
    require_attributed(BOB, "https://henin.test/notes/1", BOB)

    with pytest.raises(NotAllowed):
        require_attributed(BOB, id, attributed_to)


def test_what_is_said_names_both_hosts() -> None:
    with pytest.raises(NotAllowed, match=r"evil\.test may not speak for henin\.test"):
        require_same_origin(MALLORY, BOB)
    with pytest.raises(NotAllowed):
        require_same_origin("nonsense", BOB)
