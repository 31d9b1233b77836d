"""An instance written to a folder and made again of it; keys made anew and put under lock, by its commands."""

from pathlib import Path

import pytest

from tests.peers.programs import free_port
from tests.servers import make_environment
from tests.web.warm_commands import WarmCommands

PASSWORD = "un long secret"
SAMPLE = Path(__file__).parents[2] / "samples" / "perceuse.jpg"


async def result(commands: WarmCommands, env: dict[str, str], *arguments: str) -> str:
    """What a command prints, which must not fail."""
    status, out, err = await commands.run(env, *arguments)
    assert status == 0, err
    return out.strip()


@pytest.fixture(scope="module")
async def env(commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An instance with an embedded database, Alice and an offer of hers."""
    env = make_environment(tmp_path_factory.mktemp("first") / "data", free_port())
    status, _, err = await commands.run(env, "migrate")
    assert status == 0, err
    await result(commands, env, "account", "create", "alice", "--email", "a@lomme.test", "--password", PASSWORD)
    photo = ("--photo", str(SAMPLE), "--alt", "Une perceuse")
    await result(
        commands, env, "publish", "offer", "--as", "alice", "--title", "Perceuse", "--place", "59160 Lomme", *photo
    )
    return env


async def test_a_backup_makes_the_same_instance_again(
    commands: WarmCommands, env: dict[str, str], tmp_path: Path
) -> None:
    status, out, err = await commands.run(env, "backup", str(tmp_path / "backups"))
    assert status == 0, err
    kept = Path(out.strip())
    assert "private keys stand in this backup as they are" in err

    other = env | {"DECLIC_DATA": str(tmp_path / "data")}
    status, _, err = await commands.run(other, "restore", str(kept))
    assert status == 0 and "What was undone since is there again" in err and "erased for 3 days" in err

    actor = await result(commands, env, "lookup", "@alice@" + env["DECLIC_URL"].removeprefix("http://"))
    assert await result(commands, other, "lookup", "@alice@" + env["DECLIC_URL"].removeprefix("http://")) == actor
    pictures = {path.name for path in (Path(env["DECLIC_DATA"]) / "media").rglob("*.jpg")}
    assert pictures
    assert {path.name for path in (tmp_path / "data" / "media").rglob("*.jpg")} == pictures
    assert await result(commands, other, "backup", "verify", str(kept)) == str(kept)
    status, _, err = await commands.run(other, "restore", str(kept))
    assert (status, err.count("\n")) == (1, 1)
    assert "There is an instance in" in err


async def test_a_database_that_went_back_by_other_means_says_so_and_gives_back_names(
    commands: WarmCommands, env: dict[str, str]
) -> None:
    status, _, err = await commands.run(env, "backup", "went-back", "2026-11-01 10:00:00+0000")
    assert status == 0 and "since 2026-11-01 10:00 UTC is lost" in err

    for wrong in ("2999-01-01 10:00:00+0000", "yesterday"):
        status, _, err = await commands.run(env, "backup", "went-back", wrong)
        assert status in (1, 2) and err
    assert await result(commands, env, "account", "free-name") == ""
    status, _, err = await commands.run(env, "account", "free-name", "alice")
    assert (status, "alice is not kept" in err) == (1, True)


async def test_after_going_back_no_new_name_is_given_out_but_by_who_knows_that_nobody_had_it(
    commands: WarmCommands, env: dict[str, str]
) -> None:
    await result(commands, env, "backup", "went-back", "2026-11-01 10:00:00+0000")
    mail = ("--email", "carol@lomme.test")

    status, out, err = await commands.run(env, "account", "create", "carol", *mail)
    assert (status, out, "no new name is given out before" in err) == (1, "", True)

    status, _, err = await commands.run(env, "account", "create", "alice", *mail, "--despite-loss")
    assert (status, "no new name" in err, "alice" in err) == (1, False, True)  # a name that was given out long ago


async def test_a_closed_copy_makes_the_same_instance_again(
    commands: WarmCommands, env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "words").write_text("douze lettres au moins\n")
    places = f"{tmp_path / 'absent'} {tmp_path / 'disk'}"
    closing = env | {"DECLIC_BACKUP_TO": places, "DECLIC_BACKUP_PASSPHRASE_FILE": str(tmp_path / "words")}
    status, kept, err = await commands.run(closing, "backup", str(tmp_path / "backups"))
    assert (status, "is made, and stays, but 1" in err, Path(kept.strip()).is_dir()) == (3, True, True)
    assert f"Copied to {tmp_path / 'disk'}" in err and "is the disk mounted" in err

    copy = await result(commands, closing, "backup", "fetch", str(tmp_path / "back"))
    other = env | {"DECLIC_DATA": str(tmp_path / "data")}
    (tmp_path / "other").write_text("une autre phrase")
    for option, words in (((), "is closed with"), (("--passphrase-file", str(tmp_path / "other")), "does not open")):
        status, _, err = await commands.run(other, "restore", copy, *option)
        assert (status, err.count("\n"), words in err) == (1, 1, True)
    assert not (tmp_path / "data").exists()
    await result(commands, other, "restore", copy, "--passphrase-file", str(tmp_path / "words"))
    assert list((tmp_path / "data" / "media").rglob("*.jpg"))


async def test_before_an_upgrade_one_reads_what_it_would_do(commands: WarmCommands, env: dict[str, str]) -> None:
    status, out, _ = await commands.run(env, "upgrade", "--check", "--backups", env["DECLIC_DATA"])

    assert (status, "nothing is to be migrated" in out, "MB are free" in out) == (0, True, True)


async def test_what_is_no_backup_is_refused(commands: WarmCommands, env: dict[str, str], tmp_path: Path) -> None:
    status, out, err = await commands.run(env, "restore", str(tmp_path))

    assert (status, out) == (1, "")
    assert "is no backup" in err


async def test_keys_are_made_anew_and_told_to_followers(commands: WarmCommands, env: dict[str, str]) -> None:
    status, out, err = await commands.run(env, "key", "rotate", "alice")

    assert (status, out.strip()) == (0, f"{env['DECLIC_URL']}/users/alice#main-key")
    assert "Their followers are being told" in err
    for wrong in (("key", "rotate"), ("key", "rotate", "alice", "--all"), ("key", "rotate", "nobody")):
        status, out, err = await commands.run(env, *wrong)
        assert (status in (1, 2), out) == (True, "")
        assert err.count("\n") == 1


async def test_keys_are_sealed_once_there_is_a_key_file_and_a_backup_is_quiet_then(
    commands: WarmCommands, env: dict[str, str], tmp_path: Path
) -> None:
    secret = tmp_path / "key"
    secret.write_text("une phrase de passe assez longue")
    sealed = env | {"DECLIC_KEY_FILE": str(secret)}

    status, out, err = await commands.run(env, "key", "seal")
    assert (status, out) == (1, "")
    assert "DECLIC_KEY_FILE names no file yet" in err
    assert int(await result(commands, sealed, "key", "seal")) == 14
    assert await result(commands, sealed, "key", "seal") == "0"
    status, out, err = await commands.run(sealed, "backup", str(tmp_path))

    assert "private keys stand" not in err
    assert f"keep {secret} too" in err
    assert await result(commands, sealed, "publish", "offer", "--as", "alice", "--title", "Échelle")
