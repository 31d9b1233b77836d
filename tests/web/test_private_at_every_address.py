"""Every address that can be read, asked by whoever may not see what is private: not a word, no 500 (B-50, B-56)."""

import itertools
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from models.access import sessions, tokens
from models.exchanges import guests as models_guests
from models.listings.listings import ListingDraft, find_by_post
from models.moderation import reports
from models.moderation.reports import NewReport
from models.people.actors import Actor
from models.posts import Audience
from models.settings import Settings
from models.store.database import Connection, Pool, execute, fetch_column, fetch_value, transaction
from outbox.exchanges import guests
from outbox.exchanges.guests import ContactRequest
from outbox.listings import listings
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.factories import HERE, make_follow, make_member, make_note, make_remote_actor
from tests.fediverse import FakeFediverse, sign_get
from tests.outbox.communities.inside.sample_inside import share_listing, share_note
from tests.outbox.communities.sample_community import found
from tests.points import switch_on
from tests.web.small_app import Client
from web.api.routes import WITH_SLASH
from web.http.accept import PAGES_OF_OBJECTS
from web.security.session import cookie_name
from web.server.app import ROUTES, make_app

WORD = "cachette"
"""Stands in everything that is private, and nowhere else."""

LEFT_OUT = re.compile(r"/streaming|/readyz")
"""Answers that never end, or that tell whether a worker runs."""

ACTIVITY = "application/activity+json"

BY_MAIL = "visiteuse"
"""Stands in the name, the address and the message of a guest."""

ONE_OF = 6
"""Of so many values that an address may have, one is asked with questions too; Alice herself is the first."""

FEW = 2
"""Of each address of the team so many are asked for: for others it is as if there were none, whatever it names."""

AUDIENCES: dict[str, Audience] = {"Zebulon": "coop", "Zebulons": "territories"}
"""Listings that are not for everybody, by their title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Alice's secrets in a running server; `values` fill the places of addresses."""

    client: Client
    instance: Instance
    fediverse: FakeFediverse
    alice: Actor
    zoe: Actor
    values: dict[str, list[str]]


@pytest.fixture
async def secrets(pool: Pool, tmp_path: Path) -> AsyncIterator[Secrets]:
    """Messages, posts for followers, for members and for friends, a report, an address, points: nobody else's."""
    fediverse = FakeFediverse()
    settings = Settings(url=HERE.url, data=tmp_path, rate_limit=0)
    instance = Instance(site=settings.site, settings=settings, pool=pool, transport=fediverse)
    async with transaction(pool) as conn:
        alice, zoe = await make_member(conn), await make_member(conn, "zoe")
        bob = await make_remote_actor(conn)
        await make_follow(conn, bob, alice)
        await execute(conn, f"UPDATE account SET email = '{WORD}@example.org' WHERE actor_id = $1", alice.id)
        for title, audience in AUDIENCES.items():
            offer = ListingDraft(kind="offer", mode="gift", title=f"{title} {WORD}", text=WORD, audience=audience)
            await listings.publish(conn, instance.site, alice, offer)
        community = await found(conn, alice)
        await share_listing(conn, alice, community, title=f"Zebulonne {WORD}", text=WORD)
        await share_note(conn, alice, community, f"@zoe zebulon {WORD} #zebulon")
        await switch_on(conn, points_one=WORD, points_many=WORD)
        priced = ListingDraft(kind="offer", mode="loan", title="Perceuse", points=7919)
        await listings.publish(conn, instance.site, alice, priced)
        for draft in (
            NoteDraft(text=f"Zebulon {WORD} #zebulon", audience="followers"),
            NoteDraft(text=f"@bob@henin.test zebulon {WORD}", audience="direct"),
        ):
            await notes.publish(conn, instance.site, alice, draft)
        await make_note(conn, bob, audience="direct", content=f"<p>zebulon {WORD}</p>", mention_ids=(alice.id,))
        for target in (bob, zoe):
            await reports.save(
                conn,
                NewReport(
                    uri=None,
                    reporter_id=alice.id,
                    target_id=target.id,
                    object_uris=[],
                    content=WORD,
                    local=True,
                    extracts=[{"uri": target.uri, "title": WORD, "text": WORD}],
                    reporter_email=f"{WORD}@example.org",
                ),
            )
        guest = await _add_guest(conn, instance)
        ids = [
            str(id)
            for id in await fetch_column(conn, "SELECT id FROM post UNION SELECT id FROM notification ORDER BY id")
        ]
        uris = await fetch_column(conn, "SELECT uri FROM post UNION SELECT uri FROM activity")
    values = {
        "username": ["alice", "coop", "instance", community.username, guest.username],
        "handle": ["alice", "bob@henin.test", guest.handle, guest.username],
        "uuid": [uri.rpartition("/")[2] for uri in uris if re.search(r"/[0-9a-f-]{36}$", uri)],
        "link": ["00000000-0000-4000-8000-000000000000"],
        "id": [str(alice.id), *ids, str(bob.id), str(guest.id), str(community.actor_id), "1", "9" * 18],
        "uri": uris,
        "name": ["zebulon", "offre", "app.css", "coop", "square"],
        "stem": ["0" * 32],
        "format": ["atom", "json", "geojson", "ics"],
        "host": ["henin.test", "lomme.test"],
        "token": ["A" * 43, f"A.{'A' * 24}"],
        "key": ["0" * 32 + ".jpg", f"ungrouped-{ids[-1]}"],
        "language": ["fr"],
        "digest": ["0" * 12],
        "size": ["small"],
        "version": ["2.0", "1"],
        "what": ["annonce", "message", "compte", "page", "mentions"],
        "page": ["glossaire", "comment", "nom"],
        "step": ["coop"],
        "document": ["charte"],
        "date": ["2026-11-01"],
    }
    async with TestClient(TestServer(make_app(instance))) as client:
        yield Secrets(client=client, instance=instance, fediverse=fediverse, alice=alice, zoe=zoe, values=values)


async def _add_guest(conn: Connection, instance: Instance) -> Actor:
    """Somebody without any account who wrote by mail."""
    listing = await find_by_post(conn, await fetch_value(conn, "SELECT post_id FROM listing WHERE title = 'Perceuse'"))
    assert listing is not None
    visit = ContactRequest(
        email=f"{BY_MAIL}@example.org", name=f"Zebulon {WORD} {BY_MAIL}", language="fr", text=f"{WORD} {BY_MAIL}"
    )
    await guests.request_link(conn, listing, visit)
    found = await models_guests.find(conn, await fetch_value(conn, "SELECT id FROM guest"))
    assert found is not None
    return (await guests.confirm(conn, instance.site, found)).actor


def fill(path: str, values: dict[str, list[str]]) -> Iterator[str]:
    """An address with its places filled in every way; none where there is nothing to put there."""
    parts: list[list[str]] = [[""]]
    position = 0
    while position < len(path):
        if path[position] != "{":
            parts.append([path[position]])
            position += 1
            continue
        end, depth = position, 0
        while True:
            depth += {"{": 1, "}": -1}.get(path[end], 0)
            end += 1
            if not depth:
                break
        name, _, pattern = path[position + 1 : end - 1].partition(":")
        fitting = [one for one in values.get(name, ["1"]) if re.fullmatch(pattern or "[^/]+", one)]
        parts.append(fitting)
        position = end
    return ("".join(one) for one in itertools.product(*parts))


def list_readable() -> list[str]:
    """What can be read; with a slash at its end it is the same function that answers."""
    again = {route.path for route in WITH_SLASH}
    readable = [route.path for route in ROUTES if route.method in {"GET", "*"} and route.path not in again]
    return [path for path in readable if not LEFT_OUT.search(path)]


def is_of_somebody(path: str, uris: list[str]) -> bool:
    """Whether what it names stands under this name, of two names in an address; under Alice's all is asked."""
    named = re.match(r"(?:/users/|/@)([a-z0-9_]+)/.*?([0-9a-f-]{36})", path)
    return (
        named is None or named[1] == "alice" or any(f"/{named[1]}/" in uri and uri.endswith(named[2]) for uri in uris)
    )


def addresses(values: dict[str, list[str]]) -> list[str]:
    """Everything that can be read, bare; and each with every question that might find something, of many ids some."""
    found = []
    questions = "".join(f"&{name}={values['uri'][0]}" for name in ("uri", "url", "adresse", "resource"))
    for route in list_readable():
        most = FEW if route.startswith("/coop/") else 40
        paths = [path for path in itertools.islice(fill(route, values), most) if is_of_somebody(path, values["uri"])]
        asked = f"q=zebulon&limit=40&type=statuses&before={2**62}&id[]={values['id'][1]}{questions}"
        found += [*paths, *(f"{path}?{asked}" for path in paths[::ONE_OF])]
    return found


def accepts(path: str) -> tuple[str, ...]:
    """In which forms an address may answer."""
    if path.startswith(("/api/", "/oauth/")):
        return ("application/json",)
    if path.startswith(("/users/", "/territories")):
        return (ACTIVITY,)
    return ("text/html", ACTIVITY) if path.startswith(PAGES_OF_OBJECTS) and "?" not in path else ("text/html",)


async def look(secrets: Secrets, path: str, headers: dict[str, str], word: str = WORD) -> tuple[list[str], list[str]]:
    """Where the word stands, and where the answer is a mistake of ours."""
    told, broken = [], []
    for accept in accepts(path):
        async with secrets.client.get(path, headers={"Accept": accept} | headers, allow_redirects=False) as answer:
            body = await answer.text(errors="replace")
            seen = body + " ".join(f"{name}: {value}" for name, value in answer.headers.items())
            told += [f"{path} {accept}"] if word in seen else []
            broken += [f"{path} {accept}: {answer.status}"] if answer.status >= 500 else []
    return told, broken


async def look_everywhere(
    secrets: Secrets, headers: dict[str, dict[str, str]], *, under: tuple[str, ...] = ("/",), word: str = WORD
) -> tuple[list[str], list[str]]:
    """The same of all addresses that begin so; `headers` by the form of the answer: who asks."""
    told, broken = list[str](), list[str]()
    for path in filter(lambda path: path.startswith(under), addresses(secrets.values)):
        found = await look(secrets, path, headers["app" if path.startswith(("/api/", "/oauth/")) else "page"], word)
        told, broken = told + found[0], broken + found[1]
    return told, broken


async def log_in(secrets: Secrets, member: Actor) -> dict[str, dict[str, str]]:
    """How somebody of ours asks, with a browser and with an app."""
    async with transaction(secrets.instance.pool) as conn:
        session = await sessions.create(conn, member.id, "test")
        token = await tokens.create(conn, actor_id=member.id, scopes=["read", "write", "follow", "push"])
    return {
        "page": {"Cookie": f"{cookie_name(secrets.instance.site)}={session}"},
        "app": {"Authorization": f"Bearer {token}"},
    }


async def test_no_address_is_left_out_for_want_of_something_to_put_in_it(secrets: Secrets) -> None:
    assert [path for path in list_readable() if not any(fill(path, secrets.values))] == []


async def test_b50_nobody_reads_by_any_address_what_is_not_for_everybody(secrets: Secrets) -> None:
    told, broken = await look_everywhere(secrets, {"page": {}, "app": {}})

    assert (told, broken) == ([], [])


async def test_b50_no_stranger_who_signs_does_either(secrets: Secrets) -> None:
    mallory = secrets.fediverse.add_person("mallory", "evil.test")
    paths = [path for path in addresses(secrets.values) if accepts(path) == (ACTIVITY,)]

    told, broken = list[str](), list[str]()
    for path in paths:
        found = await look(secrets, path, dict(sign_get(secrets.instance.site, path, mallory.signer).headers))
        told, broken = told + found[0], broken + found[1]

    assert len(paths) > 100
    assert (told, broken) == ([], [])


async def test_b56_no_member_reads_what_is_another_members(secrets: Secrets) -> None:
    async with transaction(secrets.instance.pool) as conn:  # what is for members is for her too
        await execute(conn, "UPDATE post SET content = '', source = '' WHERE audience IN ('coop', 'territories')")
        await execute(conn, "UPDATE listing SET title = 'Tente', description = ''")
        await switch_on(conn, points_one="graine", points_many="graines")

    told, broken = await look_everywhere(secrets, await log_in(secrets, secrets.zoe))
    own, broken_for_her = await look_everywhere(
        secrets, await log_in(secrets, secrets.alice), under=("/notes/", "/api/v1/statuses/")
    )

    assert (told, broken + broken_for_her) == ([], [])
    assert len(own) > 10, "whose they are finds them"


async def test_of_a_guest_even_the_owner_sees_nothing_but_their_thread(secrets: Secrets) -> None:
    told, broken = await look_everywhere(secrets, await log_in(secrets, secrets.alice), word=BY_MAIL)

    pages = {re.split(r"[/? ]", path.removeprefix("/api/v1/declic"))[1] for path in told}
    rest = {"notifications", "fil", "annonces", "signaler"}  # what is new; with whom she talks; what she may report
    assert {"echanges", "exchanges"} <= pages <= {"echanges", "exchanges", *rest}, told
    assert broken == []
