"""Collections and pages as others serve them."""

from federation.vocabulary.collections import Relationship, read_collection, read_collection_page, read_relationship
from tests.payloads import load_json

OUTBOX = "https://a.example/users/bob/outbox"


def test_a_collection_names_its_first_page() -> None:
    read = read_collection(
        {"id": OUTBOX, "type": "OrderedCollection", "totalItems": 3, "first": f"{OUTBOX}?page=1", "last": 5}
    )

    assert (read.total_items, read.first, read.last, read.items) == (3, f"{OUTBOX}?page=1", None, ())


def test_an_inline_first_page_lends_its_items() -> None:
    first = {"type": "CollectionPage", "items": ["https://a.example/1", 5, {"type": "Note"}, "not an address"]}

    read = read_collection({"id": OUTBOX, "type": "Collection", "first": first})

    assert read.items == ("https://a.example/1", {"type": "Note"})
    assert not read.ordered


def test_a_page_is_cut_to_a_thousand_items() -> None:
    items = [f"https://a.example/{n}" for n in range(5000)]

    read = read_collection_page({"id": f"{OUTBOX}?page=1", "type": "OrderedCollectionPage", "orderedItems": items})

    assert len(read.items) == 1000


def test_a_count_that_is_none_is_none() -> None:
    for count in (-1, "many", 10**400, 1.5, True):
        assert read_collection({"id": OUTBOX, "type": "Collection", "totalItems": count}).total_items is None


def test_a_territory_tells_for_whom_it_vouches() -> None:
    directory = read_collection(load_json("declic/orderedcollection"))

    entry = read_relationship(directory.items[0])

    assert isinstance(entry, Relationship)
    assert entry.relationship == "https://w3id.org/declic/ns#vouchesFor"
    assert entry.object == "https://henin.example/users/coop"
