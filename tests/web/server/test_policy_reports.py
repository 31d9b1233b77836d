"""What browsers refused on our pages is counted by page and directive, named by the doctor, and names nobody."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from models.coop import policy_reports
from models.limits import POLICY_REPORTS, POLICY_REPORTS_OF
from models.store.database import Pool, connection, execute, transaction
from tests.web.actions.doctor.patients import make_patient
from tests.web.small_app import make_instance
from web.actions.doctor.content_policy import FEW, check_content_policy
from web.middlewares.requests import REPORTS, make_content_policy
from web.server.app import make_app

PAGE = "http://lomme.test/@alice"

Client = TestClient[Any, Any]


@pytest.fixture
async def client(pool: Pool) -> AsyncIterator[Client]:
    """A browser at an instance."""
    async with TestClient(TestServer(make_app(make_instance(pool)))) as client:
        yield client


async def report(client: Client, **said: str) -> ClientResponse:
    given = {"document-uri": PAGE, "effective-directive": "script-src-elem", "blocked-uri": "https://ads.example/x.js"}
    named = {name.replace("_", "-"): text for name, text in said.items()}
    body = json.dumps({"csp-report": {**given, "referrer": "https://private.example/", **named}})
    return await client.post(REPORTS, data=body, headers={"Content-Type": "application/csp-report"})


async def list_kept(pool: Pool) -> list[tuple[Any, ...]]:
    async with connection(pool) as conn:
        rows = await conn.fetch("SELECT directive, page, source, times FROM policy_report ORDER BY 1, 2, 3")
    return [tuple(row) for row in rows]


def test_pages_tell_browsers_where_to_report_and_documents_do_not() -> None:
    settings = make_patient().settings

    assert f"report-uri {REPORTS}" in make_content_policy(settings, "/annonces").split("; ")
    assert "report-uri" not in make_content_policy(settings, "")


async def test_reports_are_counted_by_the_line_of_the_table_of_addresses(client: Client, pool: Pool) -> None:
    for page in (PAGE, "http://lomme.test/@bob", "http://lomme.test/nowhere/at-all?a=b"):
        assert (await report(client, document_uri=page)).status == 204
    await report(client, document_uri="http://lomme.test", effective_directive="", violated_directive="img-src 'self'")

    [picture, *scripts] = await list_kept(pool)
    assert picture == ("img-src", "/", "elsewhere", 1)
    assert sorted(one[2:] for one in scripts) == [("elsewhere", 1), ("elsewhere", 2)]
    assert {one[1] for one in scripts if one[3] == 1} == {"?"}
    assert all("alice" not in one[1] and "bob" not in one[1] for one in scripts)


KINDS = {
    "inline": "inline", "eval": "eval", "wasm-eval": "eval", "data": "data", "blob": "data",
    "http://lomme.test/static/x.js": "here", "http://lomme.test.evil.example/": "elsewhere",
}  # fmt: skip


async def test_of_what_was_refused_only_its_kind_is_kept(client: Client, pool: Pool) -> None:
    for blocked in KINDS:
        await report(client, blocked_uri=blocked)

    assert {kept[2]: kept[3] for kept in await list_kept(pool)} == Counter(KINDS.values())


async def test_what_is_not_about_our_pages_is_not_counted(client: Client, pool: Pool) -> None:
    answers = [
        await report(client, **said)
        for said in (
            {"blocked_uri": "moz-extension://8/x.js"},
            {"source_file": "chrome-extension"},
            {"effective_directive": "my-own-src"},
            {"effective_directive": "frame-ancestors"},
            {"document_uri": "https://evil.example/@alice"},
            {"document_uri": "about:blank"},
            {"referrer": "x" * 9000},
        )
    ]

    assert {answer.status for answer in answers} == {204} and await list_kept(pool) == []


async def test_what_is_no_report_is_taken_quietly(client: Client, pool: Pool) -> None:
    bodies = (b"", b"{", b"[]", b"7", b'{"csp-report": 7}', b"[" * 8000)
    answers = [await client.post(REPORTS, data=body) for body in bodies]

    assert {answer.status for answer in answers} == {204} and await list_kept(pool) == []


async def test_a_flood_of_reports_costs_no_more_than_the_limit_and_one_visitor_takes_little_of_it(pool: Pool) -> None:
    instance = make_instance(pool, trusted_proxies=("127.0.0.0/8",))
    async with TestClient(TestServer(make_app(instance))) as client:

        async def send(visitor: int) -> int:
            headers = {"X-Forwarded-For": f"203.0.113.{visitor}"}
            return (await client.post(REPORTS, data=b"{}", headers=headers)).status

        one = [await send(1) for _ in range(POLICY_REPORTS_OF.most + 1)]
        others = [await send(2 + at // POLICY_REPORTS_OF.most) for at in range(POLICY_REPORTS.most)]

    assert one == [204] * POLICY_REPORTS_OF.most + [429]
    assert others.count(429) == POLICY_REPORTS_OF.most and others[-1] == 429


async def test_what_is_refused_often_is_named_and_what_is_old_is_forgotten(pool: Pool) -> None:
    seen = [await check_content_policy(make_patient(pool))]
    for day, times in enumerate((FEW - 2, 1, 1)):
        async with transaction(pool) as conn:
            for _ in range(times):
                await policy_reports.note(conn, directive="style-src-attr", page="/annonces", source="inline")
            for _ in range(2 * FEW * (not day)):
                await policy_reports.note(conn, directive="img-src", page="/joke", source="elsewhere")
        seen.append(await check_content_policy(make_patient(pool)))
        async with transaction(pool) as conn:
            await execute(conn, "UPDATE policy_report SET day = day - 1")
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE policy_report SET day = day - $1::integer", policy_reports.DAYS)
    async with transaction(pool) as conn:
        assert await policy_reports.forget_old(conn) == 4

    assert [one.severity for one in seen] == ["ok", "ok", "ok", "warning"]
    assert all(word in seen[3].what for word in ("/annonces", "style-src-attr", "écrit dans la page", str(FEW)))
    assert seen[3].quiet and "curl -sI" in seen[3].command
    assert (await check_content_policy(make_patient(pool))).severity == "ok"
