"""What the web server in front changes, refuses or holds back is named, with the line that mends it."""

import asyncio
from collections.abc import Callable

import pytest

from federation.http_client import own_front
from federation.http_client.own_address import ask_ourselves
from models.store.database import Pool, transaction
from tests.certificates import Authority
from tests.web.actions.doctor.patients import make_patient
from tests.web.actions.doctor.ways.front_stand_in import Lines, forward, fronted
from web.actions.doctor.ways import front_server
from web.security import own_probes

CHECKS = (
    front_server.check_proxy_headers,
    front_server.check_body_size,
    front_server.check_ranges,
    front_server.check_streams,
)


Change = Callable[[Lines], Lines]


async def test_a_server_that_passes_everything_on_is_well(pool: Pool, authority: Authority) -> None:
    async with fronted(pool, authority) as (_, patient):
        found = [await look(patient) for look in CHECKS]

    assert [one.severity for one in found] == ["ok"] * 4, [one.what for one in found]
    assert "12\u00a0Mo" in found[1].what


def replaced(name: str, *lines: str) -> Change:
    """As it should be, but for the lines of this name."""

    def change(given: Lines) -> Lines:
        kept = [line for line in forward(given) if not line.lower().startswith(f"{name.lower()}:")]
        return [*kept, *lines]

    return change


def believe(given: Lines) -> Lines:
    """What the visitor says of herself passes as it comes."""
    return given


@pytest.mark.parametrize(
    ("change", "severity", "words", "mend"),
    [
        (replaced("Host", "Host: 127.0.0.1:8000"), "error", "« 127.0.0.1:8000 » au lieu de", "proxy_set_header Host"),
        (replaced("X-Forwarded-Proto", "X-Forwarded-Proto: http"), "error", "sans https", "X-Forwarded-Proto https"),
        (replaced("X-Forwarded-For"), "warning", "ne dit pas d’où viennent", "X-Forwarded-For $remote_addr"),
        (believe, "error", "l’adresse qu’un visiteur se donne", "X-Forwarded-For $remote_addr"),
        (replaced("X-Forwarded-Proto"), "ok", "", ""),
    ],
)
async def test_names_and_addresses_that_do_not_arrive_are_named(
    change: Change, severity: str, words: str, mend: str, pool: Pool, authority: Authority
) -> None:
    async with fronted(pool, authority) as (front, patient):
        front.change = change
        found = await front_server.check_proxy_headers(patient)

    assert found.severity == severity and words in found.what and mend in found.mend
    assert bool(found.command) == (severity != "ok")


async def test_a_server_that_the_settings_forget_is_named_with_the_line_to_add(
    pool: Pool, authority: Authority
) -> None:
    async with fronted(pool, authority, trusted_proxies=()) as (_, patient):
        found = await front_server.check_proxy_headers(patient)

    assert found.severity == "warning" and "127.0.0.1" in found.what
    assert found.command.startswith("echo DECLIC_TRUSTED_PROXIES=127.0.0.1 >>")


async def test_where_our_own_requests_do_not_arrive_those_of_visitors_are_heard(
    pool: Pool, authority: Authority
) -> None:
    async with fronted(pool, authority, trusted_proxies=()) as (front, patient):
        await ask_ourselves(patient.settings.site, "/healthz", ca_file=patient.settings.ca_file)
        front.change = replaced(own_probes.HEADER)
        found = await front_server.check_proxy_headers(patient)

    assert found.severity == "warning" and "127.0.0.1" in found.what


@pytest.mark.parametrize(
    ("most", "severity", "words"), [(1_000_000, "error", "12\u00a0Mo"), (20_000_000, "warning", "40\u00a0Mo")]
)
async def test_a_server_that_refuses_large_photos_or_films_is_named(
    most: int, severity: str, words: str, pool: Pool, authority: Authority
) -> None:
    async with fronted(pool, authority) as (front, patient):
        front.most = most
        found = await front_server.check_body_size(patient)

    assert found.severity == severity and words in found.what and "client_max_body_size" in found.mend


async def test_a_server_that_takes_range_away_is_named(pool: Pool, authority: Authority) -> None:
    async with fronted(pool, authority) as (front, patient):
        front.change = replaced("Range")
        found = await front_server.check_ranges(patient)

    assert found.severity == "warning" and "« Range »" in found.what


async def test_a_server_that_keeps_websockets_or_streams_from_apps_is_named(
    pool: Pool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_front, "STREAM_SECONDS", 0.3)
    async with fronted(pool, authority) as (front, patient):
        front.change = replaced("Upgrade")
        closed = await front_server.check_streams(patient)
        front.change, front.holds = forward, True
        held = await front_server.check_streams(patient)

    assert (closed.severity, held.severity) == ("warning", "warning")
    assert "WebSockets" in closed.what and "retient" in held.what


async def test_nobody_else_is_told_what_arrives_and_a_secret_holds_once_for_a_minute(
    pool: Pool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fronted(pool, authority) as (_, patient):
        site, trusted = patient.settings.site, patient.settings.ca_file
        async with transaction(pool) as conn:
            good = await own_probes.make_probe(conn, patient.settings)
        forged = {own_probes.HEADER: good[own_probes.HEADER][:-2] + "AA"}
        asked = [
            (await ask_ourselves(site, front_server.PATH, ca_file=trusted, headers=headers)).status
            for headers in ({}, forged, good, good)
        ]
        monkeypatch.setattr(own_probes, "SECONDS", -1)
        async with transaction(pool) as conn:
            late = await own_probes.make_probe(conn, patient.settings)
        asked.append((await ask_ourselves(site, front_server.PATH, ca_file=trusted, headers=late)).status)

    assert asked == [404, 404, 200, 404, 404]


async def test_without_a_database_or_an_address_that_leads_here_nothing_is_said(pool: Pool) -> None:
    away = make_patient(pool, url="http://127.0.0.1:1")

    found = await asyncio.gather(*(look(patient) for look in CHECKS for patient in (make_patient(), away)))

    assert {one.severity for one in found} == {"skipped"}
