"""What the web server in front changes, refuses or holds back is named, with the line that mends it."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from aiohttp import StreamReader, web
from aiohttp.test_utils import make_mocked_request

from federation.http_client import own_front
from federation.http_client.own_address import ask_ourselves
from models.store.database import Pool, execute, transaction
from tests.certificates import Authority
from tests.web.actions.doctor.patients import make_patient
from tests.web.actions.doctor.ways.front_stand_in import Lines, forward, fronted
from web.actions.doctor import own_commands
from web.actions.doctor.ways import body_size, front_server
from web.security import own_probes
from web.server import front_probe

CHECKS = (
    front_server.check_proxy_headers,
    body_size.check_body_size,
    front_server.check_ranges,
    front_server.check_streams,
)


Change = Callable[[Lines], Lines]


async def test_a_server_that_passes_everything_on_is_well(pool: Pool, authority: Authority) -> None:
    async with fronted(pool, authority) as (_, patient):
        found = [await look(replace(patient, dear="anew")) for look in CHECKS]

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
    change: Change,
    severity: str,
    words: str,
    mend: str,
    pool: Pool,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(front_server, "LOOPBACK", ())
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


async def test_servers_that_are_named_already_stay_so_and_in_a_container_it_is_another_file(
    pool: Pool, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_commands, "CONTAINER_MARKS", (tmp_path / "mark",))
    async with fronted(pool, authority, trusted_proxies=("10.8.0.0/24", "10.9.0.1")) as (_, patient):
        outside = await front_server.check_proxy_headers(patient)
        (tmp_path / "mark").touch()
        inside = await front_server.check_proxy_headers(patient)

    assert "echo DECLIC_TRUSTED_PROXIES=10.8.0.0/24,10.9.0.1,127.0.0.1 >>" in outside.command
    assert inside.command == "DECLIC_TRUSTED_PROXIES: 10.8.0.0/24,10.9.0.1,127.0.0.1"
    assert "compose.yaml" in inside.mend


async def test_what_is_believed_of_this_machine_alone_is_not_said_to_be_believed_of_visitors(
    pool: Pool, authority: Authority
) -> None:
    async with fronted(pool, authority) as (front, patient):
        front.change = believe
        found = await front_server.check_proxy_headers(patient)

    assert found.severity == "skipped" and "de dehors" in found.what and found.needless


async def test_where_our_own_requests_do_not_arrive_those_of_visitors_are_heard(
    pool: Pool, authority: Authority
) -> None:
    async with fronted(pool, authority, trusted_proxies=()) as (front, patient):
        await ask_ourselves(patient.settings.site, "/healthz", ca_file=patient.settings.ca_file)
        front.change = replaced(own_probes.HEADER)
        found = await front_server.check_proxy_headers(patient)

    assert found.severity == "warning" and "127.0.0.1" in found.what


@pytest.mark.parametrize(
    ("most", "severity", "words", "posts"),
    [(1_000_000, "error", "12\u00a0Mo", 1), (20_000_000, "warning", "40\u00a0Mo", 3)],
)
async def test_a_server_that_refuses_large_photos_or_films_is_named(
    most: int, severity: str, words: str, posts: int, pool: Pool, authority: Authority
) -> None:
    async with fronted(pool, authority) as (front, patient):
        front.most = most
        found = await body_size.check_body_size(replace(patient, dear="anew"))

    assert found.severity == severity and words in found.what and "client_max_body_size" in found.mend
    assert len(front.paths) == posts, "what is refused by its head alone is not sent"


async def test_a_photo_is_sent_once_a_day_and_what_was_seen_is_told_meanwhile_with_its_time(
    pool: Pool, authority: Authority
) -> None:
    async with fronted(pool, authority) as (front, patient):
        before = await body_size.check_body_size(patient)
        await body_size.check_body_size(replace(patient, dear="due"))
        asked = len(front.paths)
        front.most = 1_000_000
        kept = [await body_size.check_body_size(replace(patient, dear=dear)) for dear in ("kept", "due")]
        assert len(front.paths) == asked == 3
        async with transaction(pool) as conn:
            await execute(conn, "UPDATE health_look SET looked_at = now() - interval '23 hours 1 minute'")
        due = await body_size.check_body_size(replace(patient, dear="due"))

    assert before.severity == "skipped" and "dans l’heure" in before.what
    assert [one.severity for one in kept] == ["ok", "ok"] and all(" Vu le " in one.what for one in kept)
    assert due.severity == "error"


async def test_a_door_that_closes_on_what_is_large_is_named_and_one_that_is_slow_is_not(
    pool: Pool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fronted(pool, authority) as (front, patient):
        anew = replace(patient, dear="anew")
        front.closes = 1_000_000
        closed = await body_size.check_body_size(anew)
        front.closes = 0
        away = await body_size.check_body_size(anew)
        front.closes = None
        monkeypatch.setattr(own_front, "BODY_SECONDS", 0.01)
        slow = await body_size.check_body_size(anew)

    assert (closed.severity, away.severity, slow.severity) == ("error", "skipped", "skipped")


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


async def test_what_nobody_would_sign_is_refused_without_a_word_to_the_database(
    pool: Pool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = base64.urlsafe_b64encode(b"1700000000 secret").decode().rstrip("=")
    monkeypatch.setattr(own_probes, "transaction", None)
    async with fronted(pool, authority) as (_, patient):
        site, trusted = patient.settings.site, patient.settings.ca_file
        asked = [
            await ask_ourselves(site, front_server.PATH, ca_file=trusted, headers={own_probes.HEADER: said})
            for said in ("x", "eA.eA", f"{late}.eA")
        ]

    assert [one.status for one in asked] == [404] * 3


async def test_a_server_that_has_enough_of_a_body_is_no_failure_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    async def let_in(_: web.Request) -> None:
        return None

    monkeypatch.setattr(front_probe, "require_probe", let_in)
    body = StreamReader(mock.Mock(), 1024, loop=asyncio.get_running_loop())
    body.feed_data(b"beginning")
    body.set_exception(ConnectionResetError("Connection lost"))

    answer = await front_probe.post_front(make_mocked_request("POST", front_server.PATH, payload=body))

    assert answer.status == 400


async def test_without_a_database_or_an_address_that_leads_here_nothing_is_said(pool: Pool) -> None:
    away = make_patient(pool, url="http://127.0.0.1:1")

    found = await asyncio.gather(*(look(patient) for look in CHECKS for patient in (make_patient(), away)))

    assert {one.severity for one in found} == {"skipped"}
