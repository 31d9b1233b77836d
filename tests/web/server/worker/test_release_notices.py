"""Where administrators chose so, an address is asked once a day whether there is a newer version; nobody else is."""

import json
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.answers import Fetched
from federation.instance import Instance
from models.store.database import Pool, execute, transaction
from tests.fediverse import FakeFediverse
from tests.web.actions.doctor.patients import say
from tests.web.small_app import make_instance
from web.actions.doctor.findings import Finding, Patient
from web.actions.doctor.ways import releases as check
from web.server.worker.release_notices import ask_releases, read_numbers, read_releases

ADDRESS = "https://codeberg.org/api/v1/repos/declic/declic/releases"


def release(tag: str, name: str = "", **others: Any) -> dict[str, Any]:
    page = f"https://codeberg.org/declic/declic/releases/tag/{tag}"
    return {"tag_name": tag, "name": name or tag, "html_url": page, "draft": False, "prerelease": False, **others}


@pytest.fixture
def instance(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """One of version 1.2.3 that asks."""
    monkeypatch.setattr(check, "read_version", lambda: "1.2.3")
    return make_instance(pool, releases=ADDRESS)


def answer(instance: Instance, said: object) -> FakeFediverse:
    assert isinstance(instance.transport, FakeFediverse)
    body = b"" if isinstance(said, Exception) else json.dumps(said).encode()
    headers = CIMultiDict({"Content-Type": "application/json"})
    instance.transport.documents[ADDRESS] = (
        said if isinstance(said, Exception) else Fetched(url=ADDRESS, status=200, headers=headers, body=body)
    )
    return instance.transport


async def look(instance: Instance) -> Finding:
    return await check.check_releases(Patient(settings=instance.settings, say=say, instance=instance))


@pytest.mark.parametrize(
    ("said", "severity", "words"),
    [
        ([release("v1.2.3"), release("v1.2.2", "Security: a hole")], "ok", "est la dernière version"),
        ([release("v1.3.0")], "warning", "Déclic 1.3.0 est sorti"),
        ([release("v1.10.0"), release("v1.2.4", "1.2.4 (sécurité)")], "error", "1.10.0 corrige une faille"),
        ([release("v2.0.0", prerelease=True), release("v1.2.4", draft=True), release("v1.2.3")], "ok", "dernière"),
        ({"message": "Not Found"}, "warning", "n’est pas lisible"),
        (FetchFailed(Cause.TIMED_OUT, "codeberg.org"), "warning", "rien ne répond à temps"),
    ],
)
async def test_a_newer_version_is_named_and_one_that_mends_a_hole_as_urgent(
    said: object, severity: str, words: str, instance: Instance
) -> None:
    answer(instance, said)
    before = await look(instance)

    await ask_releases(instance)

    found = await look(instance)
    assert before.severity == "skipped"
    assert found.severity == severity and words in found.what
    assert bool(found.command) == (severity != "ok")


async def test_it_is_asked_once_a_day_and_what_was_heard_stands_meanwhile(instance: Instance, pool: Pool) -> None:
    fediverse = answer(instance, [release("v1.3.0")])
    await ask_releases(instance)
    answer(instance, FetchFailed(Cause.TIMED_OUT, "codeberg.org"))
    await ask_releases(instance)
    assert len(fediverse.fetched) == 1 and (await look(instance)).severity == "warning"
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE release_notice SET asked_at = now() - interval '1 day'")
    answer(instance, [release("v1.2.3")])

    await ask_releases(instance)

    assert len(fediverse.fetched) == 2 and (await look(instance)).severity == "ok"


async def test_a_hole_that_is_known_stays_so_where_the_address_fails_later_and_is_mended_by_the_version_here(
    instance: Instance, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(instance, [release("v1.4.0"), release("v1.2.4", "1.2.4 (sécurité)"), release("v1.2.0", "Security")])
    await ask_releases(instance)
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE release_notice SET asked_at = now() - interval '1 day'")
    answer(instance, FetchFailed(Cause.TIMED_OUT, "codeberg.org"))
    await ask_releases(instance)
    seen = []

    for version in ("1.2.3", "1.2.4", "1.4.0"):
        monkeypatch.setattr(check, "read_version", lambda version=version: version)
        seen.append(await look(instance))

    assert [one.severity for one in seen] == ["error", "warning", "warning"]
    assert "1.4.0 corrige une faille" in seen[0].what and "1.4.0 est sorti" in seen[1].what
    assert "rien ne répond à temps" in seen[2].what, "nothing is known that is newer, and nothing is heard"


async def test_without_an_address_nobody_is_asked(pool: Pool) -> None:
    silent = make_instance(pool)

    await ask_releases(silent)

    assert isinstance(silent.transport, FakeFediverse) and silent.transport.fetched == []
    found = await look(silent)
    assert found.severity == "skipped" and found.needless


@pytest.mark.parametrize(
    "body", [b"", b"[", b"7", b'"1.2.3"', b"[7, null, []]", b"[" * 100_000, b'[{"tag_name": 7}, {"tag_name": "next"}]']
)
def test_what_is_no_list_of_releases_is_nothing(body: bytes) -> None:
    assert read_releases(body) == []


def test_versions_are_compared_as_numbers_and_pages_are_addresses() -> None:
    assert [read_numbers(one) for one in ("v1.10", "1.2.3", "1.2.3rc1", "12345.1", None)] == [
        (1, 10, 0), (1, 2, 3), None, None, None,
    ]  # fmt: skip
    [bad] = read_releases(json.dumps([release("v1.0.0", html_url="javascript:alert(1)")]).encode())
    assert bad.page == ""
