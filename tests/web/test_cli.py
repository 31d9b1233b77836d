"""The command line: what scripts rely on, whether the server runs or not."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner

from models.store.migrate import NotMigrated
from tests.databases import copied_database
from tests.servers import PASSWORD, make_environment, run_declic
from tests.web.warm_commands import WarmCommands
from web.cli import declic, run_command
from web.server.bootstrap import await_migrated

PHOTO = Path(__file__).parents[2] / "web" / "commands" / "demo" / "photos" / "perceuse.jpg"


class Shell:
    """Commands on one instance whose server does not run; its database is external, for speed."""

    def __init__(self, env: dict[str, str], commands: WarmCommands) -> None:
        self.env, self.commands = env, commands

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        """Status, stdout, stderr."""
        return await self.commands.run(self.env, *arguments)

    async def result(self, *arguments: str) -> str:
        """What a command prints when it succeeds: one line."""
        status, out, err = await self.run(*arguments)
        assert status == 0, err
        assert out.count("\n") == 1
        return out.strip()

    async def look_up(self, uri: str) -> dict[str, Any]:
        """What `declic lookup` says."""
        status, out, err = await self.run("lookup", uri)
        assert status == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    async def failure(self, *arguments: str) -> str:
        """The one sentence of a command that fails."""
        status, out, err = await self.run(*arguments)
        assert status in (1, 2)
        assert out == ""
        assert err.count("\n") == 1, err
        return err.strip()


@pytest.fixture(scope="module")
async def cli_database(postgres_url: str, furnished: str) -> AsyncIterator[str]:
    """One database for all commands here: furnishing it takes its time."""
    async with copied_database(postgres_url, furnished) as url:
        yield url


@pytest.fixture(scope="module")
async def shell(cli_database: str, commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """An instance with one member, Alice, made by the command as people start it."""
    data = tmp_path_factory.mktemp("cli")
    env = make_environment(data, 9, database_url=cli_database, url="http://lomme.test")
    secret = data / "secret"
    secret.write_text(f"{PASSWORD}\n")
    created = ["account", "create", "alice", "--email", "alice@lomme.test", "--password-file", str(secret)]
    assert await run_declic(env, *created) == (0, "http://lomme.test/users/alice\n", "")
    return Shell(env, commands)


async def read(url: str, sql: str) -> object:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


async def test_a_member_publishes_edits_closes_and_withdraws(shell: Shell, cli_database: str) -> None:
    until = (date.today() + timedelta(days=30)).isoformat()
    options = ["--title", "Perceuse", "--text", "700 watts.", "--category", "outil-electrique", "--mode", "loan"]
    options += ["--place", "59160 Lomme", "--photo", str(PHOTO), "--alt", "Une perceuse", "--until", until]
    listing = await shell.result("publish", "offer", "--as", "alice", *options)
    assert listing.startswith("http://lomme.test/users/alice/items/")

    assert await shell.result("edit", listing, "--title", "Perceuse à percussion") == listing
    found = await shell.look_up(listing)
    assert (found["title"], found["status"], found["postcode"]) == ("Perceuse à percussion", "open", "59160")
    assert "700 watts." in found["description"]
    assert found["expires_at"].startswith(until)
    assert await read(cli_database, "SELECT count(*) FROM media WHERE description = 'Une perceuse'") == 1

    assert await shell.result("close", listing, "--outcome", "elsewhere") == listing
    assert (await shell.look_up(listing))["status"] == "fulfilled"
    assert await shell.result("withdraw", listing) == listing

    assert "is not a listing of this server" in await shell.failure("withdraw", listing)


async def test_the_address_of_the_first_run_is_given_again_until_somebody_administers(
    shell: Shell, cli_database: str
) -> None:
    address = await shell.result("first-run")
    found = "SELECT count(*) FROM one_time_link WHERE purpose = 'setup' AND used_at IS NULL"
    assert address.startswith("http://lomme.test/installation/") and await read(cli_database, found) == 1

    await read(cli_database, "UPDATE account SET roles = '{admin}' RETURNING 1")
    assert "somebody administers it" in await shell.failure("first-run")
    await read(cli_database, "UPDATE account SET roles = '{}' RETURNING 1")


async def test_a_member_who_lost_the_second_proof_is_let_in_without(shell: Shell, cli_database: str) -> None:
    await read(
        cli_database,
        """
        INSERT INTO passkey (id, actor_id, credential_id, public_key, sign_count, name)
        SELECT 1, actor_id, 'id', 'key', 0, 'lost' FROM account JOIN actor ON actor.id = actor_id
        WHERE username = 'alice' RETURNING id
        """,
    )

    assert await shell.result("account", "reset-second-factor", "@alice") == "alice"

    assert await read(cli_database, "SELECT count(*) FROM passkey") == 0
    assert "has no second factor" in await shell.failure("account", "reset-second-factor", "alice")


STARTED = {
    "web.commands.follows": ("lookup", "@alice@lomme.test"),
    "web.commands.servers.peers": ("peer", "list"),
    "web.commands.keys": ("key", "rotate", "alice"),
    "web.commands.backups": ("backup", "{folder}"),
}
"""A command of each module whose others are only forked from a process where every module was read before.

Accounts begin in `shell`, listings in the story of killed servers, what serves and the demo in tests of their own.
"""


@pytest.mark.parametrize("arguments", STARTED.values(), ids=STARTED)
async def test_a_command_reads_by_itself_whatever_it_needs(
    shell: Shell, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    status, out, err = await run_declic(shell.env, *(one.format(folder=tmp_path) for one in arguments))

    assert status == 0, err
    assert out


PUBLISH = ("publish", "offer", "--as", "alice", "--title", "Perceuse")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("account", "create", "alice", "--email", "other@lomme.test"), "alice is taken"),
        (("account", "create", "admin", "--email", "admin@lomme.test"), "is reserved"),
        (("account", "create", "bob", "--email", "bob"), "not an e-mail address"),
        (("token", "create", "bob"), "no account named bob"),
        (("account", "move", "bob", "@bob@nowhere.invalid"), "no account named bob"),
        (("account", "move", "alice", "@alice@nowhere.invalid"), "nowhere.invalid"),
        (("account", "move", "alice", "@alice@lomme.test"), "the address of this account"),
        (("account", "alias", "alice", "@alice@nowhere.invalid"), "nowhere.invalid"),
        (("publish", "offer", "--as", "bob", "--title", "Perceuse"), "no member named bob"),
        ((*PUBLISH, "--mode", "sale"), "does not offer sale"),
        ((*PUBLISH, "--place", "Atlantis"), "names no commune"),
        ((*PUBLISH, "--audience", "community:remorques"), "not a member of this community"),
        ((*PUBLISH, "--category", "hoverboard"), "no category hoverboard"),
        ((*PUBLISH, "--photo", __file__, "--alt", "Rien"), "“test_cli.py” is not a photo"),
        ((*PUBLISH[:-1], "x" * 101), "The title is too long"),
        (("lookup", "@alice@nowhere.invalid"), "nowhere.invalid"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_sentence(
    shell: Shell, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in await shell.failure(*arguments)


@pytest.mark.parametrize(
    ("password", "sentence"), [("court", "at least 10 characters"), ("bob1234567890", "too easy to guess")]
)
async def test_a_password_that_is_no_good_is_refused(
    shell: Shell, tmp_path: Path, password: str, sentence: str
) -> None:
    (tmp_path / "secret").write_text(password)
    create = ["account", "create", "bob", "--email", "b@c.de", "--password-file", str(tmp_path / "secret")]

    assert sentence in await shell.failure(*create)


@pytest.mark.parametrize(
    ("options", "typed"),
    [
        (["--password"], "court\ncourt\n"),
        (["--password", "--role", "admin"], "court\ncourt\n"),
        (["--password-file", "-"], "court\n"),
    ],
)
def test_a_password_is_asked_for_twice_or_read_from_standard_input(options: list[str], typed: str) -> None:
    answer = CliRunner().invoke(declic, ["account", "create", "bob", "--email", "b@c.de", *options], input=typed)

    assert answer.exit_code and "at least 10 characters" in answer.output
    assert "court" not in answer.output
    assert "Warning" not in answer.output


@pytest.mark.parametrize(
    ("name", "options", "roles"),
    [
        ("odile", ("--role", "moderator", "--role", "welcome", "--role", "moderator"), ["welcome", "moderator"]),
        ("kim", ("--role", "keeper", "--role", "member"), ["keeper"]),
        ("marc", ("--role", "member"), []),
        ("nora", (), []),
    ],
)
async def test_somebody_is_trusted_with_each_role_that_is_said_and_a_member_with_none(
    shell: Shell, cli_database: str, name: str, options: tuple[str, ...], roles: list[str]
) -> None:
    status, _, _ = await shell.run("account", "create", name, "--email", f"{name}@lomme.test", *options)

    assert status == 0
    held = "SELECT roles FROM account JOIN actor ON actor.id = actor_id WHERE username = "
    assert await read(cli_database, f"{held}'{name}'") == roles


async def test_a_link_and_a_reset_by_a_command_stand_in_the_journal(shell: Shell, cli_database: str) -> None:
    await shell.result("account", "link", "alice", "--enter-only")

    last = "SELECT act || ' ' || (details->>'purpose') || ' ' || coalesce(role, 'nobody') FROM journal_entry"
    assert await read(cli_database, f"{last} ORDER BY id DESC LIMIT 1") == "login_link_made login nobody"


async def test_a_password_on_the_command_line_is_taken_this_once_and_said_to_be_seen_by_all(shell: Shell) -> None:
    create = ("account", "create", "ines", "--email", "ines@lomme.test", f"--password={PASSWORD}")
    status, out, err = await shell.run(*create)

    assert (status, out, err.count("\n")) == (0, "http://lomme.test/users/ines\n", 1)
    assert "everybody on this machine sees what stands on a command line" in err
    assert PASSWORD not in err


async def test_an_account_ends_only_when_that_is_meant_and_then_for_ever(shell: Shell) -> None:
    create = ["account", "create", "lea", "--email", "lea@lomme.test"]
    status, out, _ = await shell.run(*create)
    assert (status, out) == (0, "http://lomme.test/users/lea\n")

    assert "repeat with --yes" in await shell.failure("account", "delete", "lea")
    assert await shell.result("account", "delete", "lea", "--yes") == "http://lomme.test/users/lea"

    assert "no account named lea" in await shell.failure("token", "create", "lea")
    assert "lea is taken" in await shell.failure(*create)


async def test_a_member_without_a_password_gets_a_link_on_stderr(shell: Shell) -> None:
    status, out, err = await shell.run("account", "create", "zoe", "--email", "zoe@lomme.test")

    assert (status, out) == (0, "http://lomme.test/users/zoe\n")
    assert "http://lomme.test/lien/" in err


@pytest.fixture
async def older_url(furnished_url: str) -> AsyncIterator[str]:
    """A database to which the last migration has yet to come."""
    last = await read(
        furnished_url, "DELETE FROM migration WHERE name = (SELECT max(name) FROM migration) RETURNING name"
    )
    yield furnished_url
    assert await read(furnished_url, f"SELECT count(*) FROM migration WHERE name = '{last}'") == 0


async def test_only_what_serves_changes_the_schema_beside_a_server_that_runs(
    older_url: str, commands: WarmCommands, tmp_path: Path
) -> None:
    env = make_environment(tmp_path, 9, database_url=older_url)

    status, out, err = await commands.run(env, "token", "create", "alice")

    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "make a backup (`declic backup FOLDER`), then restart the server" in err


async def test_a_worker_waits_until_a_server_brought_the_schema_up_to_date(
    older_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotMigrated):
        await await_migrated(older_url, patience=0)
    checks = iter([NotMigrated("older"), None])

    async def check(_: str) -> None:
        found = next(checks)
        if found is not None:
            raise found

    monkeypatch.setattr("web.server.bootstrap.require_migrated", check)
    monkeypatch.setattr("web.server.bootstrap.PAUSE_SECONDS", 0)
    await await_migrated(older_url, patience=5)
    assert next(checks, "all asked") == "all asked"


async def test_a_database_that_is_away_is_said_in_one_sentence(commands: WarmCommands, tmp_path: Path) -> None:
    env = make_environment(tmp_path, 9, database_url="postgresql://nobody@127.0.0.1:1/none")

    status, out, err = await commands.run(env, "token", "create", "alice")

    assert (status, out) == (1, "")
    assert "cannot be reached" in err
    assert "Errno" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["frobnicate"], "No such command 'frobnicate'."),
        (["account", "create"], "Missing argument 'NAME'."),
        (["edit", "http://lomme.test/users/alice/items/1"], "Say what to change"),
        (["account", "create", "bob", "--email", "b@c.de", "--role", "king"], "'king' is not one of"),
        (["publish", "loan", "--as", "alice"], "'loan' is not one of"),
        (["publish", "offer", "--as", "alice"], "Missing option '--title'."),
        (["close", "x", "--outcome", "lost"], "'lost' is not one of"),
        (["publish", "offer", "--as", "a", "--title", "t", "--until", "tomorrow"], "'tomorrow' does not match"),
        (["publish", "offer", "--as", "a", "--title", "t", "--photo", "/nowhere.jpg"], "/nowhere.jpg"),
        (["serve", "--processes", "65"], "'--processes'"),
        (["follow", "@a@b.example"], "Missing option '--as'."),
    ],
)
def test_wrong_arguments_are_said_in_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run_command(arguments)

    captured = capsys.readouterr()
    assert (status, captured.out) == (2, "")
    assert sentence in captured.err
    assert captured.err.count("\n") == 1


def test_a_wrong_setting_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DECLIC_LISSEN", "x")

    status = run_command(["migrate"])

    assert status == 1
    meant = "Did you mean DECLIC_LISTEN? It stands in the environment."
    assert capsys.readouterr().err == f"DECLIC_LISSEN is not a setting. {meant}\n"
