"""Copies of backups go elsewhere whole or not at all, stay as backups do, and come back as they left."""

import asyncio
import os
import re
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from models.backup_places import PASSPHRASE_LENGTH, read_place, read_places
from models.settings import Settings, SettingsError
from models.store.backup_runs import BackupState, find_state
from models.store.backups import look_at
from tests.web.server.backups.s3_stand_in import KEY, REGION, SECRET, Store, running_store
from tests.web.server.backups.sample_instance import House, run
from web.commands.backup_words import describe_copy
from web.commands.backups import _copy
from web.server.backups import archives, passphrases
from web.server.backups.archives import unpacked
from web.server.backups.checking import find_damage, require_dump
from web.server.backups.copies import folder, object_store, sending, sftp
from web.server.backups.copies.targets import NotCopied
from web.server.backups.making import BackupResult, only_writer
from web.server.backups.manifest import Unusable, read_manifest
from web.server.backups.passphrases import WrongPassphrase
from web.server.backups.rotation import Rotation

PASSPHRASE = "douze lettres au moins"
STAND_IN = Path(__file__).parent / "sftp_stand_in.py"
DEPLOY = Path(__file__).parents[4] / "deploy"
PREFIX = "declic-lomme.test-"


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The format is the same with little work as with much."""
    monkeypatch.setattr(passphrases, "WORK_FACTOR", 10)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """What stands in for Amazon and those who do the same."""
    async with running_store() as store:
        yield store


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the machine that the stand-in of `sftp` speaks to."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    program = tmp_path / "sftp"
    program.write_text(f'#!/bin/sh\nSFTP_FOLDER={folder} exec {sys.executable} {STAND_IN} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sftp, "PROGRAM", str(program))
    return folder


def targeting(house: House, *targets: str, passphrase: str | None = PASSPHRASE) -> Settings:
    """The instance with these targets."""
    return msgspec.structs.replace(house.settings, backup_to=targets, backup_passphrase=passphrase)


def s3(store: Store, bucket: str = "coop", secret: str = SECRET) -> str:
    """How the store is named."""
    return f"s3+http://{KEY}:{quote(secret, safe='')}@127.0.0.1:{store.port}/{bucket}/nuit?region={REGION}"


async def test_a_copy_arrives_at_each_kind_of_place_and_comes_back_as_it_left(
    house: House, made: BackupResult, store: Store, elsewhere: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    places = [
        str(disk),
        "sftp://coop@ailleurs.example:2222/~/nuit?key=/etc/declic/k&known_hosts=/etc/declic/h",
        s3(store),
    ]

    sent = await sending.send_copies(targeting(house, *places), made.folder, None)

    name = f"{made.folder.name}.tar.age"
    assert [one.failure for one in sent] == [None, None, None]
    assert [str(one.place) for one in sent][1:] == [
        "sftp://ailleurs.example:2222/~/nuit",
        f"s3://127.0.0.1:{store.port}/coop/nuit",
    ]
    called = (elsewhere / "called").read_text()
    assert "StrictHostKeyChecking=yes" in called and "IdentityFile=/etc/declic/k" in called
    assert called.endswith("-P 2222 coop@ailleurs.example")
    assert os.listdir(disk) == os.listdir(elsewhere / "nuit") == [name]
    assert list(store.files) == [f"nuit/{name}"]
    assert not list(made.folder.parent.glob("*.part")) and not list(made.folder.parent.glob(".sending-*"))
    for place in places:
        back = await sending.fetch_copy(targeting(house, place), tmp_path / quote(place, safe=""), None, print)
        with unpacked(back, PASSPHRASE, tmp_path) as backup:
            manifest = read_manifest(backup)
            require_dump(backup, manifest)
            assert not find_damage(backup, manifest)
            assert (manifest, back.stat().st_mode & 0o77) == (made.manifest, 0)
    assert not list(tmp_path.glob("unpacked-*"))


async def test_while_a_copy_is_sent_another_backup_may_be_made(
    house: House, made: BackupResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    left = made.folder.with_name(".sending-of-before")
    left.write_bytes(b"")
    os.utime(left, (0, 0))
    send = sending._send

    async def look_and_send(*arguments: Any) -> Any:
        with only_writer(made.folder.parent):
            assert not left.exists(), "what a process left that was ended goes"
            return await send(*arguments)

    monkeypatch.setattr(sending, "_send", look_and_send)

    [sent] = await sending.send_copies(targeting(house, str(disk)), made.folder, None)

    assert sent.failure is None


async def test_large_copies_go_to_a_store_in_parts(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_store, "PART", 5 * 1024 * 1024)
    data = os.urandom(1024) * (12 * 1024)
    (tmp_path / "large").write_bytes(data)

    target = object_store.ObjectStore(read_place(s3(store)))
    await target.send(tmp_path / "large", "large")
    await target.fetch("large", tmp_path / "back")

    assert store.files["nuit/large"] == data == (tmp_path / "back").read_bytes()
    assert store.ranges == ["bytes=0-5242879", "bytes=5242880-10485759", "bytes=10485760-12582911"]


async def test_old_copies_go_and_so_does_what_was_cut_off_and_nothing_else(
    house: House, made: BackupResult, store: Store, elsewhere: Path, tmp_path: Path
) -> None:
    old = [f"{PREFIX}202601{day:02}-030000.tar.age" for day in range(1, 5)]
    others = ["declic-henin.test-20260101-030000.tar.age", f"{PREFIX}20990101-030000.tar", "photo.jpg"]
    for name in (*old, *others, f"{PREFIX}20260105-030000.tar.age.part"):
        (elsewhere / name).write_text("x")
        store.files[f"nuit/{name}"] = b"x"
    settings = targeting(house, "sftp://coop@ailleurs.example/.", s3(store), passphrase=None)

    sent = await sending.send_copies(settings, made.folder, Rotation(latest=2, months=1))

    kept = {*others, old[-1], f"{made.folder.name}.tar"}
    assert [(one.removed, one.failure) for one in sent] == [(3, None), (3, None)]
    assert set(os.listdir(elsewhere)) == {*kept, "called"}
    assert set(store.files) == {f"nuit/{name}" for name in kept}


async def test_what_does_not_arrive_is_said_and_the_others_get_theirs(
    house: House, made: BackupResult, store: Store, elsewhere: Path, tmp_path: Path
) -> None:
    (elsewhere / "refusal").write_text("No ED25519 host key is known.\nHost key verification failed.\n")
    disk = tmp_path / "disk"
    disk.mkdir()
    places = (str(tmp_path / "absent"), "sftp://coop@ailleurs.example/nuit", s3(store, secret="wrong"), s3(store, "no"))

    sent = await sending.send_copies(targeting(house, *places, str(disk)), made.folder, Rotation(latest=1))

    failures = [str(one.failure) for one in sent]
    assert "is the disk mounted" in failures[0]
    assert "ssh-keyscan" in failures[1] and "Host key verification failed" in failures[1]
    assert "refuses this key" in failures[2]
    assert "no such bucket" in failures[3]
    assert failures[4] == "None" and len(os.listdir(disk)) == 1
    assert not [one for one in failures if SECRET in one or PASSPHRASE in one]
    assert made.folder.is_dir() and not list(made.folder.parent.glob("*.part"))


class Spoilt(folder.Folder):
    """Where files can be put and none can be removed; one that is called `silent` takes for ever."""

    async def send(self, file: Path, name: str) -> None:
        """As of a target."""
        if self.folder.name == "silent":
            await asyncio.Event().wait()
        await super().send(file, name)

    async def remove(self, name: str) -> None:
        """As of a target."""
        raise NotCopied(f"{name} is not ours to remove.")


async def test_a_copy_that_arrived_is_no_failure_and_a_silent_place_holds_nobody_up(
    house: House, made: BackupResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (sending.SENDING_SECONDS, sending.REMOVING_SECONDS) == (6 * 3600, 15 * 60)
    monkeypatch.setattr(sending, "SENDING_SECONDS", 0.5)
    monkeypatch.setattr(folder, "Folder", Spoilt)
    for name in ("silent", "kept"):
        (tmp_path / name).mkdir()
        for old in ("20260101-030000.tar", "20260102-030000.tar", "20260103-030000.tar.part"):
            (tmp_path / name / f"{PREFIX}{old}").write_text("x")
    settings = targeting(house, str(tmp_path / "silent"), str(tmp_path / "kept"), passphrase=None)

    silent, kept = await sending.send_copies(settings, made.folder, Rotation(latest=1))

    assert "silent: given up after" in str(silent.failure)
    assert (kept.failure, (tmp_path / "kept" / kept.name).is_file()) == (None, True)
    assert describe_copy(kept).startswith("Copied to") and "could not be removed there: declic" in describe_copy(kept)


@pytest.fixture
def hung(house: House, tmp_path: Path, made: BackupResult) -> Iterator[Settings]:
    """A disk of another machine that answers no more: whoever writes there or reads waits for ever."""
    name = f"{made.folder.name}.tar"
    (tmp_path / "far").mkdir()
    pipes = [tmp_path / "far" / f"{name}.part", tmp_path / "far" / name]
    for pipe in pipes:
        os.mkfifo(pipe)
    yield targeting(house, str(tmp_path / "far"), passphrase=None)
    for pipe in pipes:
        if pipe.exists():
            os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))


async def test_a_disk_that_hangs_is_given_up_and_keeps_no_command_from_its_end(
    hung: Settings, made: BackupResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def list_names(self: folder.Folder) -> list[str]:
        return [f"{made.folder.name}.tar"]

    monkeypatch.setattr(sending, "SENDING_SECONDS", 0.3)
    monkeypatch.setattr(folder.Folder, "list_names", list_names)

    [sent] = await sending.send_copies(hung, made.folder, None)
    with pytest.raises(NotCopied, match="far: given up after"):
        await sending.fetch_copy(hung, tmp_path / "back", None, print)

    assert "far: given up after" in str(sent.failure)
    waiting = [one for one in threading.enumerate() if one.name == folder.THREAD]
    assert len(waiting) >= 2 and all(one.daemon for one in waiting)
    assert list((tmp_path / "back").iterdir()) == []


async def test_old_copies_that_could_not_go_are_noted_until_they_do(
    house: House, made: BackupResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / f"{PREFIX}20260101-030000.tar").write_text("x")
    settings = targeting(house, str(tmp_path / "kept"), passphrase=None)

    async def find() -> BackupState:
        async with look_at(house.url) as conn:
            return await find_state(conn)

    await run(house.url, "INSERT INTO backup_run (kind, folder, seconds) VALUES ('backup', 'x', 1)")
    with monkeypatch.context() as patched:
        patched.setattr(folder, "Folder", Spoilt)
        await _copy(settings, made, Rotation(latest=1))
    spoilt = await find()
    await run(house.url, "INSERT INTO backup_run (kind, folder, seconds) VALUES ('backup', 'x', 1)")
    await _copy(settings, made, Rotation(latest=1))
    mended = await find()

    assert spoilt.uncopied == () and spoilt.copied is not None
    assert ["not ours to remove" in str(one.failure) for one in spoilt.unremoved] == [True]
    assert mended.unremoved == ()


async def test_the_latest_copy_is_that_of_all_places_and_of_no_day_to_come(house: House, tmp_path: Path) -> None:
    for name, days in {"first": ("20260101", "20990101"), "second": ("20260102",), "third": ("20990101",)}.items():
        (tmp_path / name).mkdir()
        for day in days:
            (tmp_path / name / f"{PREFIX}{day}-030000.tar").write_text(name)
    wrong = f"{PREFIX}20990101-030000.tar"
    settings = targeting(house, *(str(tmp_path / name) for name in ("absent", "first", "second", "third")))
    told: list[str] = []

    latest = await sending.fetch_copy(settings, tmp_path / "back", None, told.append)
    named = await sending.fetch_copy(settings, tmp_path / "back", wrong, told.append)

    assert (latest.name, latest.read_text()) == (f"{PREFIX}20260102-030000.tar", "second")
    assert (named.name, named.read_text()) == (wrong, "first")
    assert "absent is not there" in told[0] and f"after now: say which ({wrong})" in told[1]
    with pytest.raises(NotCopied, match="has no other"):
        await sending.fetch_copy(settings, tmp_path / "back", "other", told.append)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("backups", "a whole path"),
        ("ftp://a@b.example/c", "a whole path"),
        ("sftp://b.example/c", "wants a user"),
        ("sftp://a:hushed@b.example/c", "takes no password"),
        ("sftp://-oProxyCommand=x@b.example/c", "wants a user"),
        ("sftp://a@-oProxyCommand=x/c", "has a host"),
        ("sftp://a@b.example/c%0Arm", "has a host"),
        ("sftp://a@b.example/c?port=3", "port is no option"),
        ("s3://b.example/c", "its key and its secret"),
        ("s3+http://a:b@b.example/c", "this machine alone"),
        ("s3://a:b@b.example:port/c", "DECLIC_BACKUP_TO"),
        ("s3://a:hushed/x@b.example/c", "%2F"),
        ("s3://a:12/hushed?x@b.example/c", "%2F"),
        ("s3://a:b@12/hushed?hushed@b.example/c", "%2F"),
        ("s3://a:hushed\u2100@b.example/c", "%2F"),
        ("s3://a:[hushed@b.example/c", "%2F"),
    ],
)
def test_a_target_that_is_none_is_said_without_its_secret(target: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        read_place(target)

    assert "hushed" not in str(refused.value)


async def test_a_target_that_is_wrong_costs_no_backup_and_is_noted(house: House, made: BackupResult) -> None:
    with pytest.raises(SettingsError, match="a whole path"):
        await _copy(targeting(house, "nuit"), made, None)

    sql = "SELECT failure FROM backup_run WHERE kind = 'copy' AND folder = 'DECLIC_BACKUP_TO'"
    assert "a whole path" in await run(house.url, sql)


@pytest.mark.parametrize("name", ["README.md", "declic.env.example"])
def test_the_places_that_are_shown_can_be_read(name: str) -> None:
    shown = re.findall(r"DECLIC_BACKUP_TO=(\S+?)'?(?:\s|$)", (DEPLOY / name).read_text())

    assert [read_place(one).user for one in shown] == [{"README.md": "coop"}.get(name, "user")]


def test_a_passphrase_that_anybody_guesses_is_refused() -> None:
    assert PASSPHRASE_LENGTH == 12
    with pytest.raises(SettingsError, match="12 characters"):
        read_places(Settings(backup_passphrase="declic"))


async def test_a_copy_that_another_passphrase_closed_or_that_is_cut_short_leaves_nothing(
    made: BackupResult, tmp_path: Path
) -> None:
    whole, short, strange = (tmp_path / f"{name}.tar.age" for name in ("whole", "short", "strange"))
    await asyncio.to_thread(archives.pack, made.folder, whole, PASSPHRASE)
    short.write_bytes(whole.read_bytes()[:-20])
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "manifest.json").symlink_to("/etc/passwd")
    for name in ("manifest.json.sha256", "database.dump"):
        (tmp_path / "other" / name).touch()
    archives.pack(tmp_path / "other", strange, PASSPHRASE)

    for archive, passphrase, words in (
        (whole, "une autre phrase de passe", "does not open"),
        (short, PASSPHRASE, "cut short"),
        (strange, PASSPHRASE, "no file of a backup"),
    ):
        with pytest.raises(Unusable, match=words) as refused, unpacked(archive, passphrase, tmp_path / "base"):
            pass
        assert isinstance(refused.value, WrongPassphrase) == (archive == whole)
        assert not (tmp_path / "base").exists()
