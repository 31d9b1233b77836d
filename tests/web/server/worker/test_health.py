"""What the doctor finds without having been asked: shown to the team, told by mail, forgotten when it is well."""

import socket
from collections.abc import Mapping

import pytest

from models.store import health_troubles
from models.store.database import Pool, connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_member
from tests.web.actions.doctor.patients import make_patient
from tests.web.small_app import make_instance
from web.actions.doctor import machine
from web.actions.doctor.checks import CHECKS
from web.actions.doctor.findings import Check, Examined, Finding, Patient, Severity
from web.server.worker import health

MAILS = "SELECT count(*) FROM pgqueuer WHERE convert_from(payload, 'UTF8')::json->>'kind' = 'health'"

WRONG = "SELECT name FROM machine_trouble WHERE well_at IS NULL ORDER BY name"


def find(monkeypatch: pytest.MonkeyPatch, severities: Mapping[str, Severity]) -> None:
    """The checks find this; what is not named is well."""

    async def examine(patient: Patient, those: list[Check]) -> list[Examined]:
        return [
            Examined(name=one.name, title="", finding=Finding(severity=severities.get(one.name, "ok"), what=""))
            for one in those
        ]

    monkeypatch.setattr(health, "examine", examine)


async def test_what_was_wrong_and_is_no_concern_any_more_is_well(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for needless in (None, False, True):

        async def examine(_: Patient, those: list[Check], needless: bool | None = needless) -> list[Examined]:
            finding = Finding(severity="skipped", what="", needless=bool(needless))
            error = Finding(severity="error", what="")
            return [Examined(name=one.name, title="", finding=error if needless is None else finding) for one in those]

        monkeypatch.setattr(health, "examine", examine)
        await health.watch_dear(make_instance(pool))
        async with connection(pool) as conn:
            seen.append(await fetch_column(conn, WRONG))

    wrong = ["body_size", "copy_stores", "map"]
    assert seen == [wrong, wrong, []], "what could not be seen stays as it was, what concerns nobody does not"


async def test_what_is_wrong_is_kept_and_told_once_until_it_is_well(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction(pool) as conn:
        await make_member(conn, "nadia", roles=["admin"])
        await make_member(conn, "medhi", roles=["moderator"])
    instance = make_instance(pool)

    seen: list[tuple[list[str], int]] = []

    async def look(severities: Mapping[str, Severity]) -> None:
        find(monkeypatch, severities)
        await health.watch_health(instance)
        await health.watch_machine(instance)
        async with connection(pool) as conn:
            seen.append((await fetch_column(conn, WRONG), await fetch_value(conn, MAILS)))
            await execute(conn, "DELETE FROM pgqueuer")

    await look({})
    await look({"memory": "error", "clock": "warning"})
    await look({"memory": "error"})
    await look({"memory": "skipped"})
    await look({"memory": "error", "clock": "error"})
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE machine_trouble SET told_at = now() - interval '8 days'")
    await look({"memory": "error"})
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE machine_trouble SET well_at = now() - interval '2 days' WHERE name = 'clock'")
    await look({})

    assert seen == [
        ([], 0),
        (["clock", "memory"], 1),
        (["memory"], 0),
        (["memory"], 0),
        (["clock", "memory"], 0),
        (["memory"], 1),
        ([], 0),
    ]
    async with connection(pool) as conn:
        assert await fetch_column(conn, "SELECT name FROM machine_trouble") == ["memory"], "well for less than a day"


@pytest.mark.parametrize(
    ("name", "settled"),
    [("mail_server", 5), ("spf", 30), ("streams", 30), ("crawlers", 30), ("map", 30), ("queues", 5), ("clock", 5)],
)
async def test_what_is_asked_over_the_network_shows_at_once_and_is_told_by_mail_once_it_stays(
    name: str, settled: int, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction(pool) as conn:
        await make_member(conn, "nadia", roles=["admin"])
    find(monkeypatch, {name: "error"})
    seen: list[tuple[list[str], int]] = []

    for minutes in (0, settled - 1, settled + 1):
        async with transaction(pool) as conn:
            await execute(conn, "UPDATE machine_trouble SET since = now() - make_interval(mins => $1)", minutes)
        for watch in (health.watch_doors, health.watch_outside, health.watch_dear, health.watch_health):
            await watch(make_instance(pool))
        async with connection(pool) as conn:
            seen.append((await fetch_column(conn, WRONG), await fetch_value(conn, MAILS)))

    assert seen == [([name], 0), ([name], 0), ([name], 1)]


@pytest.mark.parametrize("name", health.WATCHED)
async def test_each_is_told_from_its_own_measure_on(name: str, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    [check] = [one for one in CHECKS if one.name == name]
    watch = health.watch_outside if check.outside else health.watch_health
    watch = health.watch_machine if name in health.MACHINES else watch
    watch = health.watch_doors if name in health.DOORS else watch
    watch = health.watch_dear if check.dear else watch
    watch = health.watch_outside if name in health.NIGHTLY else watch
    told = []
    for severity in ("warning", "error"):
        find(monkeypatch, {name: severity})
        await watch(make_instance(pool))
        async with transaction(pool) as conn:
            told.append(bool(await fetch_column(conn, WRONG)))
            await execute(conn, "DELETE FROM machine_trouble")

    assert told == [health.WATCHED[name] == "warning", True]


async def test_the_checks_themselves_are_gone_through(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LITTLE_MEMORY", 1 << 60)

    for watch in (
        health.watch_health,
        health.watch_doors,
        health.watch_outside,
        health.watch_dear,
        health.watch_machine,
    ):
        await watch(make_instance(pool))

    async with transaction(pool) as conn:
        assert "memory" in await fetch_column(conn, WRONG)
        await health_troubles.save(conn, ["memory"], {}, watched=["memory"], machine=socket.gethostname())
        assert "memory" not in await fetch_column(conn, WRONG)
        await health_troubles.save(conn, [], {"renamed": True}, watched=["renamed"])
        await health_troubles.save(conn, [], {}, watched=["memory"])
        assert await fetch_column(conn, WRONG) == [], "a later version has no such check"


async def test_a_machine_that_is_well_does_not_speak_for_another(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, severities in (("web1", {"memory": "error"}), ("web2", {}), ("web2", {"certificate": "warning"})):
        monkeypatch.setattr(socket, "gethostname", lambda name=name: name)
        find(monkeypatch, severities)  # type: ignore[arg-type] # mypy takes the words for any
        await health.watch_machine(make_instance(pool))
        await health.watch_doors(make_instance(pool))

    async with transaction(pool) as conn:
        troubles = await health_troubles.list_troubles(conn)
        assert [(one.machine, one.name) for one in troubles] == [("", "certificate"), ("web1", "memory")]
    elsewhere = await machine.check_machines(make_patient(pool))
    assert elsewhere.severity == "warning" and "web1" in elsewhere.what
    monkeypatch.setattr(socket, "gethostname", lambda: "web1")
    assert (await machine.check_machines(make_patient(pool))).severity == "ok", "it says itself what is wrong with it"

    async with transaction(pool) as conn:
        await execute(conn, "UPDATE machine_trouble SET looked_at = now() - interval '2 hours' WHERE machine = 'web1'")
        await health_troubles.save(conn, [], {}, watched=health.WATCHED)
        left = await health_troubles.list_troubles(conn)
    assert [one.machine for one in left] == [""], "nobody looks at that machine any more"
