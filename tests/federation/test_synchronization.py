"""The digest of followers and its header (FEP-8fcf)."""

import pytest

from federation.synchronization import FollowersDigest, build_header, compute_digest, read_header

ONE, TWO = "https://testing.example.org/users/1", "https://testing.example.org/users/2"
DIGEST = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"

SAID = FollowersDigest(
    collection="https://example.org/users/1/followers",
    url="https://example.org/users/1/followers_synchronization",
    digest=DIGEST,
)


def test_ax23_the_digest_of_the_proposal_is_reproduced_in_any_order() -> None:
    assert compute_digest([ONE, TWO]) == compute_digest([TWO, ONE, ONE]) == DIGEST


def test_nobody_has_a_digest_of_zeros() -> None:
    assert compute_digest([]) == "0" * 64


def test_ax23_the_header_of_the_proposal_is_read_and_written() -> None:
    written = (
        'collectionId="https://example.org/users/1/followers", '
        f'url="https://example.org/users/1/followers_synchronization", digest="{DIGEST}"'
    )

    assert read_header(written) == SAID
    assert build_header(SAID) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "garbage",
        'collectionId="https://a.example/f"',
        f'collectionId="a", url="b", digest="{DIGEST[:-1]}"',
        f'collectionId="a", url="b", digest="{DIGEST}", digest="{DIGEST}"',
        f'collectionId=a, url="b", digest="{DIGEST}"',
        f'collectionId="{"a" * 5000}", url="b", digest="{DIGEST}"',
        f'collectionId="a", url="b", digest="{"z" * 64}"',
    ],
)
def test_ax23_a_header_that_cannot_be_read_is_as_good_as_none(written: str) -> None:
    assert read_header(written) is None
