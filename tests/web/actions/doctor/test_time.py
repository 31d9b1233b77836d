"""Whoever looks at everything waits for some seconds at most, also where another machine keeps silent."""

import asyncio
from dataclasses import replace

import pytest

from models.store.database import Pool, execute, transaction
from tests.web.actions.doctor.patients import make_patient
from web.actions.doctor import checks
from web.actions.doctor.findings import Check, Finding, Patient, ok
from web.actions.doctor.last_looks import look_or_recall


def make_check(name: str, severity: str, asked: list[str], **named: bool) -> Check:
    async def look(_: Patient) -> Finding:
        asked.append(name)
        return Finding(severity=severity, what=name)  # type: ignore[arg-type] # a severity

    return Check(name=name, title=name, look=look, outside=True, **named)


@pytest.mark.parametrize(("severity", "seen"), [("ok", ["reachable", "ranges"]), ("error", ["reachable"])])
async def test_where_our_address_leads_nowhere_its_other_ways_are_not_tried(
    severity: str, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    reachable, ways = make_check("reachable", severity, asked), make_check("ranges", "ok", asked, ways=True)
    monkeypatch.setattr(checks, "REACHABLE", reachable)

    whole = await checks.examine(make_patient(), [ways, reachable])
    assert asked == seen, "once"
    [alone] = await checks.examine(make_patient(), [ways])

    assert [one.name for one in whole] == ["ranges", "reachable"]
    assert alone.finding.severity == whole[0].finding.severity == ("ok" if severity == "ok" else "skipped")


async def test_those_that_ask_other_machines_have_some_seconds_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SECONDS", 0.2)

    async def take_long(_: Patient) -> Finding:
        await asyncio.sleep(0.15)
        return ok("Bien.")

    reachable = Check(name="reachable", title="", look=take_long, outside=True)
    monkeypatch.setattr(checks, "REACHABLE", reachable)
    ways = Check(name="ranges", title="", look=take_long, outside=True, ways=True)

    found = await checks.examine(make_patient(), [reachable, ways])

    assert [one.finding.severity for one in found] == ["ok", "skipped"], "too late says nothing of it"


async def test_what_was_seen_is_told_in_the_language_of_whoever_reads_it(pool: Pool) -> None:
    patient = make_patient(pool)

    async def look(at: Patient) -> Finding:
        return ok(at.say("Le magasin %(where)s : %(why)s", where="s3", why=at.say("plein de %(count)s", count=3)))

    fresh = await look_or_recall(replace(patient, dear="anew"), "map", "there", look)
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE health_look SET said = regexp_replace(said, '}$', ', \"later\": 1}')")
    other = replace(patient, say=lambda sentence, /, **values: (sentence % values).upper())
    kept = await look_or_recall(other, "map", "there", look)
    elsewhere = await look_or_recall(patient, "map", "elsewhere", look)

    assert fresh.what == "Le magasin s3 : plein de 3"
    assert kept.what.startswith("LE MAGASIN S3 : PLEIN DE 3 VU LE ")
    assert elsewhere.severity == "skipped"
