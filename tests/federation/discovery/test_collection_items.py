"""Collections of others are read within limits."""

import pytest

from federation.discovery.collection_items import fetch_items
from federation.errors import FetchFailed
from federation.instance import Instance
from tests.fediverse import FakeFediverse

OUTBOX = "https://henin.test/outbox"


def add_pages(fediverse: FakeFediverse, count: int, *, size: int = 2, last: str | None = None) -> None:
    """A collection of so many pages; `last` is what the last one names as the next."""
    fediverse.documents[OUTBOX] = {"id": OUTBOX, "type": "OrderedCollection", "first": f"{OUTBOX}?page=1"}
    for number in range(1, count + 1):
        following = f"{OUTBOX}?page={number + 1}" if number < count else last
        fediverse.documents[f"{OUTBOX}?page={number}"] = {
            "id": f"{OUTBOX}?page={number}",
            "type": "OrderedCollectionPage",
            "next": following,
            "orderedItems": [f"https://henin.test/{number}/{item}" for item in range(size)],
        }


async def test_items_come_from_all_pages_in_order(instance: Instance, fediverse: FakeFediverse) -> None:
    add_pages(fediverse, 3)

    items = await fetch_items(instance, OUTBOX)

    assert items == [f"https://henin.test/{page}/{item}" for page in (1, 2, 3) for item in (0, 1)]


async def test_b12_ten_pages_are_enough(instance: Instance, fediverse: FakeFediverse) -> None:
    add_pages(fediverse, 50)

    assert len(await fetch_items(instance, OUTBOX)) == 20
    assert len(fediverse.fetched) == 11


async def test_b12_a_thousand_items_are_enough(instance: Instance, fediverse: FakeFediverse) -> None:
    add_pages(fediverse, 3, size=900)

    assert len(await fetch_items(instance, OUTBOX)) == 1000
    assert len(await fetch_items(instance, OUTBOX, most=5)) == 5


@pytest.mark.parametrize(
    "last", [f"{OUTBOX}?page=1", OUTBOX, "https://evil.test/page", "http://127.0.0.1/", "nonsense"]
)
async def test_b12_circles_and_ways_out_end_the_list(last: str, instance: Instance, fediverse: FakeFediverse) -> None:
    add_pages(fediverse, 2, last=last)

    assert len(await fetch_items(instance, OUTBOX)) == 4
    assert len(fediverse.fetched) == 3


async def test_a_page_that_fails_ends_the_list_and_an_absent_collection_is_told(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    add_pages(fediverse, 2, last=f"{OUTBOX}?page=9")
    fediverse.documents["https://henin.test/note"] = {"id": "https://henin.test/note", "type": "Note"}

    assert len(await fetch_items(instance, OUTBOX)) == 4
    assert await fetch_items(instance, "https://henin.test/note") == []
    with pytest.raises(FetchFailed):
        await fetch_items(instance, "https://henin.test/absent")


async def test_items_without_pages_are_taken_as_they_are(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[OUTBOX] = {"id": OUTBOX, "type": "Collection", "items": ["https://henin.test/1", {"id": "x"}]}

    assert await fetch_items(instance, OUTBOX) == ["https://henin.test/1", {"id": "x"}]
