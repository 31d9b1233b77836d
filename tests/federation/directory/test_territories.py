"""A visit to a territory by its host alone: what is believed, and what is not; and how our own vouches are written."""

import asyncio
import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.directory.crawl import PacedTransport
from federation.directory.territories import MOST_VOUCHES, VisitFailed, build_territories, visit_territory
from federation.documents.serialize import to_json
from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from federation.own_keys.key_pairs import save_local_keys
from models.servers.directory.reading import OwnVouch
from models.servers.directory.values import Reason
from models.settings import Site
from models.store.database import transaction
from tests.factories import make_local_actor
from tests.fediverse import FakeFediverse, make_signer, public_pem
from tests.web.form_client import shared_keys

HOST = "henin.test"
URL = f"https://{HOST}"
COOP, SERVER = f"{URL}/users/coop", f"{URL}/users/instance"
LISTS = {"territories": f"{URL}/territories", "proposals": f"{COOP}/proposals"}
AREA = {"type": "Place", "name": "Hénin-Carvin", "latitude": 50.42, "longitude": 2.95, "radius": 9000, "units": "m"}
DOCUMENTS = Path(__file__).parents[2] / "documents" / "declic"


def answer_webfinger(fediverse: FakeFediverse, **roles: str) -> None:
    """The server names its actors."""
    rel = "https://www.w3.org/ns/activitystreams#Service"
    links = [
        {
            "rel": rel,
            "href": href,
            "type": "application/activity+json",
            "properties": {"http://schema.org/roleName": role},
        }
        for role, href in roles.items()
    ]
    uri = f"{URL}/.well-known/webfinger?resource=https%3A%2F%2F{HOST}%2F"
    body = json.dumps({"subject": f"{URL}/", "links": links}).encode()
    headers = CIMultiDict({"Content-Type": "application/jrd+json"})
    fediverse.documents[uri] = Fetched(url=uri, status=200, headers=headers, body=body)


def proposal(number: int, **changes: Any) -> dict[str, Any]:
    """An open offer at Hénin-Beaumont."""
    found: dict[str, Any] = deepcopy(json.loads((DOCUMENTS / "note_loan_offer.json").read_text()))
    found |= {"id": f"{URL}/users/bob/items/{number}", "attributedTo": f"{URL}/users/bob", "proposalStatus": "Open"}
    found["location"] = {"type": "Place", "name": "Hénin-Beaumont", "latitude": 50.4217, "longitude": 2.9508}
    return found | changes


def relationship(host: str, **changes: Any) -> dict[str, Any]:
    """An entry of the list of Hénin's cooperative."""
    return {
        "type": "Relationship",
        "id": f"{URL}/territories/{host}",
        "subject": COOP,
        "relationship": "https://w3id.org/declic/ns#vouchesFor",
        "object": f"https://{host}/users/coop",
    } | changes


def collection(uri: str, items: list[Any], **more: Any) -> dict[str, Any]:
    """One without pages."""
    return {"id": uri, "type": "OrderedCollection", "totalItems": len(items), "orderedItems": items} | more


@pytest.fixture
async def henin(instance: Instance, fediverse: FakeFediverse) -> tuple[Instance, FakeFediverse]:
    """Lomme, and Hénin in which all is in order."""
    async with transaction(instance.pool) as conn:
        ours = await make_local_actor(conn, "instance", type="Application")
        await save_local_keys(conn, instance.site, ours, shared_keys())
    answer_webfinger(fediverse, administration=SERVER, territory=COOP)
    implements = [{"type": "Link", "href": "https://w3id.org/declic/v1"}]
    fediverse.add_person("instance", HOST, type="Application", implements=implements)
    fediverse.add_person("coop", HOST, type="Organization", serviceArea=AREA, discoverable=True, **LISTS)
    fediverse.documents[LISTS["territories"]] = collection(LISTS["territories"], [relationship("lens.test")])
    fediverse.documents[LISTS["proposals"]] = collection(LISTS["proposals"], [proposal(n) for n in range(3)])
    return instance, fediverse


Henin = tuple[Instance, FakeFediverse]


async def find_problem(henin: Henin) -> Reason | Cause | None:
    """What a visit finds wrong."""
    try:
        return (await visit_territory(henin[0], HOST)).problem
    except VisitFailed as failed:
        return failed.reason
    except FetchFailed as failed:
        return failed.cause


def test_our_vouches_are_exactly_this() -> None:
    site = Site(url="https://lomme.example", host="lomme.example", languages=("fr",))
    vouch = OwnVouch(
        host="henin.example", actor_uri="https://henin.example/users/coop", vouched_at=datetime(2026, 3, 2, tzinfo=UTC)
    )

    written = to_json(build_territories(site, [vouch], datetime(2026, 11, 24, 6, tzinfo=UTC)))

    assert written == json.loads((DOCUMENTS / "orderedcollection.json").read_text())


async def test_a_territory_is_found_by_its_host_alone(henin: Henin) -> None:
    found = await visit_territory(henin[0], HOST)

    assert (found.problem, found.coop.id, found.vouches) == (None, COOP, ("lens.test",))
    assert (found.proposals.offers, found.proposals.inside, found.proposals.total) == (3, 3, 3)
    signed = dict(zip(henin[1].fetched, henin[1].signers, strict=True))
    assert {signed[uri] for uri in (COOP, SERVER, *LISTS.values())} == {"https://lomme.test/users/instance#main-key"}


async def test_actors_have_to_be_on_the_host_itself(henin: Henin) -> None:
    answer_webfinger(henin[1], administration=SERVER, territory="https://elsewhere.test/users/coop")

    assert await find_problem(henin) is Reason.ORIGIN


async def test_a_server_that_names_no_territory_is_none(henin: Henin) -> None:
    answer_webfinger(henin[1], administration=SERVER)

    assert await find_problem(henin) is Reason.PROTOCOL


async def test_a_server_has_to_speak_our_protocol(henin: Henin) -> None:
    henin[1].add_person("instance", HOST, type="Application")

    assert await find_problem(henin) is Reason.PROTOCOL


@pytest.mark.parametrize("changes", [{"discoverable": False}, {"territories": None}])
async def test_a_cooperative_has_to_ask_to_be_listed(henin: Henin, changes: dict[str, Any]) -> None:
    henin[1].add_person("coop", HOST, **({"type": "Organization", "serviceArea": AREA, **LISTS} | changes))

    assert await find_problem(henin) is Reason.UNLISTED


@pytest.mark.parametrize("uri", ["https://lens.test/users/coop", "https://henin.test.evil.test/users/coop"])
async def test_whoever_speaks_in_the_name_of_another_is_not_believed_at_all(henin: Henin, uri: str) -> None:
    items = [relationship("lens.test"), relationship("douai.test", subject=uri)]
    henin[1].documents[LISTS["territories"]] = collection(LISTS["territories"], items)

    found = await visit_territory(henin[0], HOST)

    assert (found.problem, found.vouches) == (Reason.ORIGIN, ())


async def test_a_list_elsewhere_is_not_read(henin: Henin) -> None:
    elsewhere = "https://elsewhere.test/territories"
    henin[1].add_person("coop", HOST, type="Organization", serviceArea=AREA, **(LISTS | {"territories": elsewhere}))

    assert await find_problem(henin) is Reason.ORIGIN
    assert elsewhere not in henin[1].fetched


async def test_a_new_key_has_to_be_seen_twice(henin: Henin) -> None:
    fediverse = henin[1]
    assert await find_problem(henin) is None
    document = fediverse.documents[COOP]
    assert isinstance(document, dict)
    pem = public_pem(make_signer(f"{COOP}#main-key", 3))
    fediverse.documents[COOP] = document | {"publicKey": document["publicKey"] | {"publicKeyPem": pem}}

    assert [await find_problem(henin), await find_problem(henin)] == [Reason.KEY, None]


async def test_vouches_for_itself_for_us_and_of_other_kinds_are_left_out(henin: Henin) -> None:
    items = [
        relationship(HOST),
        relationship("lomme.test"),
        relationship("lens.test", relationship="https://schema.org/knows"),
        relationship("douai.test"),
        relationship("douai.test"),
        "https://arras.test/users/coop",
        {"type": "Relationship"},
    ]
    henin[1].documents[LISTS["territories"]] = collection(LISTS["territories"], items)

    assert (await visit_territory(henin[0], HOST)).vouches == ("douai.test",)


async def test_b12_a_list_without_end_is_read_no_further_than_its_bounds(henin: Henin) -> None:
    first = f"{LISTS['territories']}?page=1"
    henin[1].documents[LISTS["territories"]] = collection(LISTS["territories"], [], first=first)
    for number in range(1, 40):
        address = f"{LISTS['territories']}?page={number}"
        items = [relationship(f"c{number}n{one}.test") for one in range(5)]
        following = f"{LISTS['territories']}?page={number + 1}"
        page = {"id": address, "type": "OrderedCollectionPage", "next": following, "orderedItems": items}
        henin[1].documents[address] = page

    found = await visit_territory(henin[0], HOST)

    assert len(found.vouches) <= MOST_VOUCHES
    assert sum("?page=" in uri for uri in henin[1].fetched) <= 10


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({}, 1),
        ({"proposalStatus": "Fulfilled"}, 0),
        ({"to": ["https://henin.test/users/bob/followers"], "cc": []}, 0),
        ({"id": "https://elsewhere.test/items/1"}, 0),
        ({"location": {"type": "Place", "name": "Brest", "latitude": 48.39, "longitude": -4.49}}, 0),
        ({"location": None}, 0),
    ],
    ids=["open", "closed", "not public", "of another", "far away", "nowhere"],
)
async def test_only_open_public_listings_of_its_own_inside_its_area_count(
    henin: Henin, changes: dict[str, Any], inside: int
) -> None:
    items = [proposal(1, **changes), proposal(1, **changes)]
    henin[1].documents[LISTS["proposals"]] = collection(LISTS["proposals"], items)

    assert (await visit_territory(henin[0], HOST)).proposals.inside == inside


async def test_no_host_is_asked_more_than_once_a_second() -> None:
    fediverse, slept, now = FakeFediverse(documents={f"{URL}/a": {}, "https://lens.test/a": {}}), [], [100.0]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    paced = PacedTransport(inner=fediverse, sleep=sleep, clock=lambda: now[0])
    for uri in (f"{URL}/a", f"{URL}/a", "https://lens.test/a", f"{URL}/a"):
        await paced.get_document(uri)

    assert slept == [1.0, 1.0]


async def test_who_does_not_answer_within_the_time_is_left() -> None:
    class Mute(FakeFediverse):
        async def get_document(self, *_: Any, **__: Any) -> Fetched:
            await asyncio.Event().wait()
            raise AssertionError

    paced = PacedTransport(inner=Mute(), seconds=0.01)

    with pytest.raises(FetchFailed) as failed:
        await paced.get_document(f"{URL}/a")

    assert failed.value.cause is Cause.TIMED_OUT
