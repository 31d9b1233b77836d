"""What gets no security fixes any more is named, and secrets, keys and pictures that cannot be read as they should."""

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from federation.web_push import load_key
from models.news import push_subscriptions
from models.store.database import Pool, transaction
from tests.web.actions.doctor.patients import make_patient
from web.actions.doctor import ends, files, push_key


@pytest.mark.parametrize(("prefix", "severity"), [("/usr", "ok"), ("/usr/local", "warning")])
async def test_a_python_that_came_with_the_system_is_mended_for_as_long_as_the_system(
    prefix: str, severity: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    monkeypatch.setattr(ends, "RELEASE", tmp_path / "os-release")
    monkeypatch.setattr(ends, "SYSTEM_PYTHON", tmp_path / f"python{sys.version_info.major}.{sys.version_info.minor}")
    monkeypatch.setattr(ends, "SYSTEM_ENDS", {("debian", "12"): datetime.now(UTC).date() + timedelta(days=100)})
    monkeypatch.setattr(ends, "PYTHON_ENDS", {sys.version_info[:2]: date(2020, 1, 1)})
    monkeypatch.setattr(sys, "base_prefix", prefix)

    assert (await ends.check_python(make_patient())).severity == severity


@pytest.mark.parametrize(("days", "severity"), [(100, "ok"), (80, "warning"), (-1, "error")])
async def test_a_system_that_nobody_mends_any_more_is_named_beforehand(
    days: int, severity: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tmp_path / "os-release"
    release.write_text('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n')
    end = datetime.now(UTC).date() + timedelta(days=days)
    monkeypatch.setattr(ends, "RELEASE", release)
    monkeypatch.setattr(ends, "SYSTEM_ENDS", {("debian", "12"): end})

    found = await ends.check_system(make_patient())

    assert found.severity == severity and "Debian GNU/Linux 12" in found.what and end.strftime("%d/%m/%Y") in found.what
    assert bool(found.command) == (severity != "ok")


async def test_a_system_that_is_not_known_or_says_nothing_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ends, "RELEASE", tmp_path / "os-release")
    silent = await ends.check_system(make_patient())
    (tmp_path / "os-release").write_text("NAME=Plan9\n")

    unknown = await ends.check_system(make_patient())
    assert (silent.severity, unknown.severity) == ("skipped", "skipped")
    assert unknown.needless and not silent.needless, "nothing is wrong with another system, as far as anybody knows"


def test_systems_that_the_instructions_name_are_known() -> None:
    assert {("debian", "12"), ("debian", "13")} <= ends.SYSTEM_ENDS.keys()
    assert all(isinstance(end, date) for end in ends.SYSTEM_ENDS.values())


async def test_a_key_for_notifications_that_cannot_be_read_is_named(pool: Pool, tmp_path: Path) -> None:
    lock = tmp_path / "key"
    lock.write_bytes(os.urandom(32))
    none = await push_key.check_push_key(make_patient(pool))
    sealed = make_patient(pool, key_file=lock)
    assert sealed.instance is not None
    assert isinstance(await load_key(sealed.instance), ec.EllipticCurvePrivateKey)
    good = await push_key.check_push_key(sealed)
    lock.write_bytes(os.urandom(32))
    locked = await push_key.check_push_key(sealed)
    async with transaction(pool) as conn:
        await push_subscriptions.replace_key(conn, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    broken = await push_key.check_push_key(make_patient(pool))

    assert [one.severity for one in (none, good, locked, broken)] == ["ok", "ok", "error", "error"]
    assert "DECLIC_KEY_FILE" in locked.mend and locked.command


async def test_a_secret_in_a_file_that_everybody_reads_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, toml = tmp_path / "smtp_url", tmp_path / "declic.toml"
    secret.write_text("smtps://a:geheim@b")
    toml.write_text("")
    secret.chmod(0o644)
    toml.chmod(0o600)
    environ = {
        "DECLIC_SMTP_URL_FILE": str(secret), "DECLIC_CA_FILE": "/etc/ssl/ca.pem",
        "DECLIC_DATABASE_URL_FILE": "/run/secrets/database_url", "OTHER_FILE": "/etc/passwd",
    }  # fmt: skip

    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    listed = files.list_settings_files(tmp_path)
    patient = make_patient()
    object.__setattr__(patient, "settings_files", listed)
    found = await files.check_settings_files(patient)

    assert {secret, toml} == {path for path in listed if path.parent == tmp_path}
    assert not {"/run/secrets/database_url", "/etc/passwd", "/etc/ssl/ca.pem"} & set(map(str, listed))
    assert found.severity == "error" and str(secret) in found.what and found.command == f"chmod o-rwx {secret}"


async def test_pictures_that_the_account_may_not_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "media" / "ab" / f"{'ab' * 16}.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"")
    others = [tmp_path / "media" / name for name in ("lost+found", "@eaDir", ".snapshot", "ab/@eaDir")]
    for folder in others:
        folder.mkdir()
    tmp_path.chmod(0o700)
    good = await files.check_data_folder(make_patient(data=tmp_path))
    asked = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path not in others and asked(path, mode))
    beside = await files.check_data_folder(make_patient(data=tmp_path))
    for stuck in (picture, picture.parent):
        monkeypatch.setattr(os, "access", lambda path, mode, stuck=stuck: path != stuck and asked(path, mode))
        found = await files.check_data_folder(make_patient(data=tmp_path))
        assert found.severity == "error" and str(stuck) in found.what and "chown -R" in found.command

    assert good.severity == beside.severity == "ok"
