"""Each check sees the thing that was broken, names it, and says which command mends it."""

import asyncio
import os
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models import preferences
from models.errors import Unavailable
from models.store import backup_runs, backups, database_health, disk_space, slow_statements, unfinished_restores
from models.store.background import periodic_tasks
from models.store.database import Pool, connection, execute, transaction
from models.store.disk_space import MEGABYTE, DiskSpace
from models.store.slow_statements import Noticed
from tests.web.actions.doctor.patients import change_database_health, make_patient
from web.actions.doctor import database, ends, files, machine, site, work
from web.actions.doctor.checks import CHECKS, examine
from web.actions.doctor.findings import Check, Finding, Patient, ok
from web.actions.doctor.own_commands import MAKE_KEY

GIGABYTE = 1024 * MEGABYTE


@pytest.mark.parametrize(
    ("free", "severity", "words"),
    [
        (50 * GIGABYTE, "ok", "Il reste 51200\u00a0Mo"),
        (900 * MEGABYTE, "warning", "bientôt plein : il reste 900\u00a0Mo"),
        (90 * MEGABYTE, "error", "est plein : il reste 90\u00a0Mo"),
    ],
)
async def test_a_full_disk_is_named(
    free: int, severity: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_space, "measure", lambda _: DiskSpace(free=free, total=100 * GIGABYTE))

    found = await machine.check_disk(make_patient(data=tmp_path))

    assert found.severity == severity and words in found.what
    assert found.command.startswith("du ") == (severity != "ok")


@pytest.mark.parametrize(("left", "severity"), [(5_000, "ok"), (400, "warning")])
async def test_a_disk_that_takes_no_more_files_is_named(
    left: int, severity: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = os.statvfs(tmp_path)
    values = list(seen)
    values[5], values[7] = 10_000, left
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(values))

    found = await machine.check_inodes(make_patient(data=tmp_path))

    assert found.severity == severity and str(left) in found.what


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("MemTotal: 1000000 kB\nMemAvailable: 500000 kB\n", "ok"),
        ("MemTotal: 1000000 kB\nMemAvailable: 90000 kB\n", "error"),
        ("what is this", "skipped"),
    ],
)
async def test_little_memory_is_named(
    text: str, severity: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "meminfo").write_text(text)
    monkeypatch.setattr(machine, "MEMORY", tmp_path / "meminfo")

    found = await machine.check_memory(make_patient())

    assert found.severity == severity


async def test_a_python_that_nobody_mends_any_more_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await ends.check_python(make_patient())).severity == "ok"
    monkeypatch.setattr(ends, "_is_of_system", lambda: False)
    monkeypatch.setattr(ends, "PYTHON_ENDS", {sys.version_info[:2]: date(2020, 1, 1)})

    assert (await ends.check_python(make_patient())).severity == "warning"


async def test_a_data_folder_that_is_not_there_or_open_to_all_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    missing = await files.check_data_folder(make_patient(data=folder))
    folder.mkdir(mode=0o700)
    good = await files.check_data_folder(make_patient(data=folder))
    folder.chmod(0o707)
    loose = await files.check_data_folder(make_patient(data=folder))

    assert (missing.severity, good.severity, loose.severity) == ("error", "ok", "error")
    assert "n’existe pas" in missing.what and loose.command == f"chmod o-w {folder}"


async def test_keys_in_the_clear_and_a_key_that_others_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_bytes(bytes(32))
    key.chmod(0o644)
    none = await files.check_key_file(make_patient())
    loose = await files.check_key_file(make_patient(key_file=key))
    key.chmod(0o600)

    assert (none.severity, none.command) == ("warning", MAKE_KEY)
    assert loose.severity == "error" and loose.command.endswith(f"chmod 600 {key}")
    assert (await files.check_key_file(make_patient(key_file=key))).severity == "ok"
    key.chmod(0o640)
    assert (await files.check_key_file(make_patient(key_file=key))).severity == "ok", "our own group may read"
    monkeypatch.setattr(os, "getegid", lambda: -1)
    assert (await files.check_key_file(make_patient(key_file=key))).severity == "error", "another one may not"


async def test_settings_that_everybody_reads_are_named(tmp_path: Path) -> None:
    file = tmp_path / "declic.env"
    file.write_text("DECLIC_SMTP_URL=smtps://a:geheim@b")
    file.chmod(0o644)
    patient = replace(make_patient(), settings_files=(file,))
    loose = await files.check_settings_files(patient)
    file.chmod(0o640)

    assert (loose.severity, loose.command) == ("error", f"chmod o-rwx {file}")
    assert (await files.check_settings_files(patient)).severity == "ok"
    assert (await files.check_settings_files(make_patient())).severity == "skipped"


@pytest.mark.parametrize(
    ("settings", "severity"),
    [
        ({}, "ok"),
        ({"url": "http://lomme.example"}, "error"),
        ({"url": "http://lomme.test", "test_federation": True}, "warning"),
    ],
)
async def test_an_address_that_nobody_can_use_is_named(settings: dict[str, Any], severity: str) -> None:
    found = await site.check_url(make_patient(**settings))

    assert found.severity == severity and str(settings.get("url", "https://lomme.example")) in found.what


async def test_a_site_that_does_not_say_who_publishes_it_is_named(pool: Pool) -> None:
    before = await site.check_legal(make_patient(pool))
    async with transaction(pool) as conn:
        chosen = await preferences.load(conn)
        await preferences.save(conn, replace(chosen, legal_publisher="La Bricole", legal_host="Maryse, Lomme"))
    half = await site.check_legal(make_patient(pool))
    async with transaction(pool) as conn:
        chosen = await preferences.load(conn)
        await preferences.save(conn, replace(chosen, legal_director="Nadia B.", contact_email="coop@lomme.example"))

    assert (before.severity, half.severity) == ("warning", "warning")
    assert "dirige la publication" in half.what and half.command == "declic settings set legal_director …"
    assert (await site.check_legal(make_patient(pool))).severity == "ok"


async def test_a_database_that_is_away_or_older_is_named_and_all_that_needs_it_is_left_out() -> None:
    lost = replace(make_patient(), unanswered="connection refused")

    away = await database.check_database(lost)
    older = await database.check_database(replace(lost, older=True))
    found = {one.name: one.finding for one in await examine(lost, [one for one in CHECKS if not one.outside])}

    assert away.severity == "error" and "connection refused" in away.what
    assert older.command.endswith("declic migrate")
    skipped = {name for name, one in found.items() if one.severity == "skipped"}
    assert skipped >= {"connections", "statements", "worker", "chores", "backup", "mails", "servers", "legal", "clock"}


async def test_a_restoration_that_was_interrupted_is_named_and_what_ends_it(tmp_path: Path) -> None:
    unfinished_restores.begin(tmp_path, "2026-01-01 00:00:00 UTC")

    found = await database.check_database(replace(make_patient(data=tmp_path), unanswered="that was interrupted"))

    assert (found.severity, found.command) == ("error", "declic restore FOLDER")
    assert "2026-01-01 00:00:00 UTC n’est pas terminée" in found.what


@pytest.mark.parametrize(
    ("changed", "severity", "words"),
    [
        ({}, "ok", "répond"),
        ({"version": 140_012}, "error", "PostgreSQL 14 est trop ancien"),
        ({"encoding": "LATIN1"}, "error", "LATIN1"),
    ],
)
async def test_a_database_that_will_not_do_is_named(
    pool: Pool, changed: dict[str, object], severity: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_database_health(monkeypatch, **changed)

    found = await database.check_database(make_patient(pool))

    assert found.severity == severity and words in found.what


@pytest.mark.parametrize(
    ("changed", "severities"),
    [
        ({"connections": 5, "most_connections": 100}, ("ok", "ok")),
        ({"connections": 81, "most_connections": 100}, ("warning", "ok")),
        ({"longest_statement": 75.0}, ("ok", "warning")),
        ({"longest_wait": 75.0}, ("ok", "warning")),
    ],
)
async def test_too_many_connections_and_what_holds_others_up_are_named(
    pool: Pool, changed: dict[str, object], severities: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_database_health(monkeypatch, **({"connections": 1} | changed))
    patient = make_patient(pool)

    found = [await database.check_connections(patient), await database.check_statements(patient)]

    assert tuple(one.severity for one in found) == severities


async def test_a_transaction_that_waits_is_seen_by_the_database(pool: Pool) -> None:
    async with connection(pool) as conn, transaction(pool) as waiting:
        await execute(waiting, "SELECT 1")
        found = await database_health.look(conn)

    assert 0 < found.longest_wait < 60 and found.encoding == "UTF8"
    assert found.major >= database_health.OLDEST and 1 < found.connections < found.most_connections


async def test_a_backup_that_takes_its_time_holds_nobody_up(pool: Pool, database_url: str) -> None:
    async with backups.look_at(database_url), connection(pool) as conn:
        found = await database_health.look(conn)

    assert found.longest_wait == found.longest_statement == 0


async def test_work_that_nobody_does_is_named(pool: Pool) -> None:
    nobody = await work.check_worker(make_patient(pool))
    async with transaction(pool) as conn:
        await execute(
            conn, "INSERT INTO heartbeat (worker, role, failing) VALUES (gen_random_uuid(), 'worker', '{deliveries}')"
        )
    failing = await work.check_worker(make_patient(pool))
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE heartbeat SET failing = '{}'")

    assert (nobody.severity, nobody.command) == ("error", "systemctl restart declic")
    assert failing.severity == "error" and "deliveries" in failing.what
    assert (await work.check_worker(make_patient(pool))).severity == "ok"


async def test_chores_backups_and_mails_that_fail_are_named(pool: Pool) -> None:
    patient = make_patient(pool)
    before = [await look(patient) for look in (work.check_chores, work.check_mails, work.check_servers)]
    never = await work.check_backup(patient)
    async with transaction(pool) as conn:
        for _ in range(3):
            await periodic_tasks.note_failure(conn, "sweep", "boom")
        await execute(conn, "UPDATE chore_trouble SET since = now() - interval '3 hours'")
        await backup_runs.note(conn, "backup", "/srv/backup", seconds=1, size=1)
        await backup_runs.note(conn, "verification", "/srv/backup", seconds=1)

    assert [one.severity for one in before] == ["ok"] * 3
    assert never.severity == "error" and "Aucune sauvegarde" in never.what
    assert (await work.check_backup(patient)).severity == "ok"
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE backup_run SET ended_at = now() - interval '1 hour'")
        await backup_runs.note(conn, "copy", "sftp://ailleurs.example/nuit", seconds=1, failure="nobody answers")
    alone = await work.check_backup(patient)
    assert (alone.severity, alone.command) == ("warning", "systemctl start declic-backup.service")
    assert "n’a pas pu être copiée ailleurs" in alone.what
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE backup_run SET failure = NULL WHERE kind = 'copy'")
        await backup_runs.note(conn, "removal", "sftp://ailleurs.example/nuit", seconds=1, failure="read-only")
    full = await work.check_backup(patient)
    assert full.severity == "warning" and "De vieilles copies" in full.what and "journalctl" in full.command
    async with transaction(pool) as conn:
        await execute(conn, "DELETE FROM backup_run WHERE kind IN ('copy', 'removal')")
        await execute(conn, "UPDATE backup_run SET ended_at = now() - interval '33 days' WHERE kind = 'verification'")
    unproven = await work.check_backup(patient)
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE backup_run SET ended_at = now() - interval '30 days'")
    old = await work.check_backup(patient)
    assert (unproven.severity, unproven.command) == ("warning", "declic backup verify FOLDER")
    assert old.severity == "error" and "systemctl start declic-backup.service" in old.command
    assert (await work.check_chores(patient)).severity == "warning"


@pytest.mark.parametrize(
    ("to", "passphrase", "severity", "words"),
    [
        ((), None, "skipped", "Aucune copie"),
        (("sftp://coop@ailleurs.example/nuit",), None, "warning", "sans être chiffrées : qui lit sftp://ailleurs"),
        (("s3://key:hidden@s3.example/coop",), "douze lettres au moins", "ok", "chiffrées vers s3://s3.example/coop"),
        (("s3://key:hidden@s3.example/coop",), "declic", "error", "12 characters"),
        (("nuit",), None, "error", "a whole path"),
    ],
)
async def test_copies_that_anybody_reads_who_has_them_are_named(
    to: tuple[str, ...], passphrase: str | None, severity: str, words: str
) -> None:
    found = await work.check_copies(make_patient(backup_to=to, backup_passphrase=passphrase))

    assert found.severity == severity and words in found.what and "hidden" not in found.what


async def test_a_place_where_no_copy_arrives_is_named(pool: Pool) -> None:
    disk, away = "/srv/disk", "sftp://ailleurs.example/nuit"
    patient = make_patient(pool, backup_to=(disk, "sftp://coop@ailleurs.example/nuit"), backup_passphrase="x" * 12)
    before = await work.check_copies(patient)
    async with transaction(pool) as conn:
        for place in (disk, away):
            await backup_runs.note(conn, "copy", place, seconds=1)
        await execute(conn, "UPDATE backup_run SET ended_at = now() - interval '25 hours'")
        await backup_runs.note(conn, "backup", "/srv/backup", seconds=1, size=1)
    young = await work.check_copies(patient)
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE backup_run SET ended_at = now() - interval '27 hours' WHERE folder = $1", away)
        await backup_runs.note(conn, "copy", away, seconds=1, failure="nobody answers")
    behind = await work.check_copies(patient)
    async with transaction(pool) as conn:
        await execute(conn, "DELETE FROM backup_run WHERE kind = 'copy'")
    never = await work.check_copies(patient)

    assert (before.severity, young.severity) == ("ok", "ok")
    assert (behind.severity, behind.command) == ("warning", "systemctl start declic-backup.service")
    assert f"pas arrivée à {away}," in behind.what
    assert f"pas arrivée à {disk}, {away}," in never.what


async def test_what_is_slow_is_named(pool: Pool) -> None:
    patient = make_patient(pool)
    looks = (database.check_slow_statements, work.check_slow_servers)
    before = [(await look(patient)).severity for look in looks]
    async with transaction(pool) as conn:
        await slow_statements.save(conn, {"SELECT 1": Noticed(database.OFTEN - 1, 2.5)})
        await execute(
            conn,
            "INSERT INTO server (host, last_out_at, latency_ms, slow_since)"
            " VALUES ('henin.example', now(), 7000, now() - interval '25 hours')",
        )
    now_and_then = await database.check_slow_statements(patient)
    async with transaction(pool) as conn:
        await slow_statements.save(conn, {"SELECT 1": Noticed(1, 4.0)})

    statement, server = [await look(patient) for look in looks]

    assert before == ["ok", "ok"] and now_and_then.severity == "ok"
    assert statement.severity == "warning" and "20 fois" in statement.what and "SELECT 1" in statement.what
    assert server.severity == "warning" and "henin.example met d’ordinaire 7\u00a0secondes" in server.what
    assert server.what.endswith(", depuis un jour.")
    assert server.command == "declic peer test henin.example"


async def test_a_check_that_fails_itself_says_so_and_others_go_on() -> None:
    async def fail(_: Patient) -> Finding:
        raise Unavailable("nobody answers")

    async def be_well(_: Patient) -> Finding:
        return ok("Bien.")

    checks = [Check(name="a", title="A", look=fail, outside=True), Check(name="b", title="B", look=be_well)]

    found = await examine(make_patient(), checks)

    assert [(one.name, one.finding.severity) for one in found] == [("a", "error"), ("b", "ok")]
    assert "n’a pas abouti" in found[0].finding.what


async def test_a_check_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.actions.doctor.checks.SECONDS", 0)

    async def hang(_: Patient) -> Finding:
        await asyncio.Event().wait()
        return ok("Bien.")

    found = await examine(make_patient(), [Check(name="a", title="A", look=hang, outside=True)])

    assert found[0].finding.what.endswith("rien n’a répondu en 0\u00a0secondes.")


def test_names_are_words_and_each_is_there_once() -> None:
    names = [one.name for one in CHECKS]

    assert len(set(names)) == len(names) and all(re.fullmatch(r"[a-z_]+", name) for name in names)
