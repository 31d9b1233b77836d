"""NodeInfo and host-meta, told and read."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from federation.discovery.host_meta import build_host_meta, build_host_meta_json
from federation.discovery.nodeinfo import (
    SCHEMA,
    ServerFacts,
    build_links,
    build_nodeinfo,
    content_type,
    fetch_server,
    learn_server,
    read_nodeinfo,
)
from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from models.settings import Site
from models.store.database import connection
from models.traffic import peer_traffic
from tests.factories import HERE
from tests.fediverse import FakeFediverse

FACTS = ServerFacts(
    name="Coop d’entraide de Lomme",
    description="Plateforme solidaire",
    users=120,
    active_month=64,
    active_half_year=90,
    local_posts=830,
    open_registrations=True,
    insee=("59355",),
)
LINKS = "https://henin.test/.well-known/nodeinfo"
DOCUMENT = "https://henin.test/nodeinfo/2.1"


def test_ni01_the_links_are_absolute_and_ours() -> None:
    assert build_links(HERE)["links"] == [
        {"rel": f"{SCHEMA}2.0", "href": "https://lomme.test/nodeinfo/2.0"},
        {"rel": f"{SCHEMA}2.1", "href": "https://lomme.test/nodeinfo/2.1"},
    ]


def test_the_logo_is_told_where_there_is_one() -> None:
    address = "https://lomme.test/media/ab/logo.jpg"
    told, bare = (build_nodeinfo(HERE, "2.1", facts)["metadata"] for facts in (replace(FACTS, logo=address), FACTS))

    assert told["nodeIcon"] == address and "nodeIcon" not in bare


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_ni02_ni03_each_document_is_complete(version: str) -> None:
    document = build_nodeinfo(HERE, version, FACTS)

    assert document["version"] == version and re.fullmatch(r"[a-z0-9-]+", document["software"]["name"])
    assert document["software"].get("repository") == (f"{HERE.url}/sources" if version == "2.1" else None)
    assert document["protocols"] == ["activitypub"] and document["services"] == {"inbound": [], "outbound": []}
    assert document["openRegistrations"] is True
    assert document["usage"]["users"] == {"total": 120, "activeMonth": 64, "activeHalfyear": 90}
    assert document["metadata"]["upstream"] == {"name": "mastodon"}
    assert document["metadata"]["territory"] == {"actor": "https://lomme.test/users/coop", "insee": ["59355"]}
    assert content_type(version).startswith(f'application/json; profile="{SCHEMA}{version}#"')


def test_ni02_the_source_is_where_it_is_published() -> None:
    site = replace(HERE, source_url="https://git.example/declic")

    assert build_nodeinfo(site, "2.1", FACTS)["software"]["repository"] == "https://git.example/declic"


async def test_the_newest_version_is_read_and_kept(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[LINKS] = {
        "links": [{"rel": f"{SCHEMA}2.0", "href": "https://henin.test/old"}, {"rel": f"{SCHEMA}2.1", "href": DOCUMENT}]
    }
    fediverse.documents[DOCUMENT] = build_nodeinfo(HERE, "2.1", FACTS)

    found = await learn_server(instance, "henin.test")

    assert (found.software, found.users, found.open_registrations) == ("declic", 120, True)
    async with connection(instance.pool) as conn:
        kept = await peer_traffic.find_peer(conn, "henin.test")
    assert kept is not None and kept.software == "declic" and kept.name == "Coop d’entraide de Lomme"


@pytest.mark.parametrize(
    "href", ["http://127.0.0.1:5432/", "https://evil.test/nodeinfo/2.1", "http://henin.test/2.1", "/nodeinfo/2.1", 5]
)
async def test_ni04_documents_elsewhere_are_not_fetched(
    href: object, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[LINKS] = {"links": [{"rel": f"{SCHEMA}2.1", "href": href}]}

    with pytest.raises(FetchFailed):
        await fetch_server(instance, "henin.test")

    assert fediverse.fetched == [LINKS]


async def test_ni04_a_document_that_redirects_elsewhere_is_not_read(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[LINKS] = {"links": [{"rel": f"{SCHEMA}2.1", "href": DOCUMENT}]}
    moved = await fediverse.get_document(LINKS)
    fediverse.documents[DOCUMENT] = Fetched(url="https://evil.test/x", status=200, headers=moved.headers, body=b"{}")

    with pytest.raises(FetchFailed) as failed:
        await fetch_server(instance, "henin.test")

    assert failed.value.cause is Cause.REDIRECT


def test_b42_what_others_write_becomes_one_plain_line() -> None:
    odd = read_nodeinfo(
        {"software": {"name": "x\r\ny\x00\u202e", "version": ["1"]}, "metadata": {"nodeName": "a" * 999}, "usage": 5}
    )
    empty = read_nodeinfo({"software": "x", "metadata": [], "openRegistrations": "yes"})

    assert odd.software == "x y" and odd.version == "1" and len(odd.name) == 200 and odd.users is None
    assert (empty.software, empty.open_registrations) == ("", False)


def test_hm01_host_meta_tells_where_webfinger_answers() -> None:
    site = Site(url="http://localhost:8001", host="localhost:8001")
    xrd = ElementTree.fromstring(build_host_meta(site))
    template = "http://localhost:8001/.well-known/webfinger?resource={uri}"

    link = xrd.find("{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link")
    assert link is not None and (link.get("rel"), link.get("template")) == ("lrdd", template)
    assert build_host_meta_json(site)["links"][0]["template"] == template


def test_published_figures_are_named_and_found() -> None:
    document = build_nodeinfo(HERE, "2.1", replace(FACTS, figures=True))

    assert read_nodeinfo(document).figures == "https://lomme.test/chiffres/ensemble.json"
    assert read_nodeinfo(build_nodeinfo(HERE, "2.1", FACTS)).figures is None
