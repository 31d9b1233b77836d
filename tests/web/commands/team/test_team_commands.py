"""`declic members|listings|reports|journal`: what each prints, changes and notes, and how it fails."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.databases import copy_database, with_database
from tests.servers import make_environment
from tests.web.warm_commands import WarmCommands

LISTING = "http://lomme.test/users/zoe/items/1"


class Shell:
    """Commands on one instance whose server does not run."""

    def __init__(self, env: dict[str, str], url: str, commands: WarmCommands) -> None:
        self.env, self.url, self.commands = env, url, commands

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        """`declic …`: status, stdout, stderr."""
        return await self.commands.run(self.env, *arguments)

    async def result(self, *arguments: str) -> str:
        """What a command that succeeds prints."""
        status, out, err = await self.run(*arguments)
        assert status == 0, err
        return out.strip()

    async def refusal(self, *arguments: str) -> str:
        """The one sentence of a command that fails, and that prints nothing else."""
        status, out, err = await self.run(*arguments)
        assert (status, out, err.count("\n")) in ((1, "", 1), (2, "", 1)), (status, out, err)
        return err.strip()

    async def sql(self, sql: str, *args: Any) -> Any:
        """The first value of a query."""
        conn = await asyncpg.connect(self.url)
        try:
            return await conn.fetchval(sql, *args)
        finally:
            await conn.close()

    async def acts(self) -> list[str]:
        """What stands in the journal, by nobody, in the order in which it was done; it is emptied."""
        found: list[str] = await self.sql(
            "WITH gone AS (DELETE FROM journal_entry WHERE by_id IS NULL RETURNING id, act)"
            " SELECT coalesce(array_agg(act ORDER BY id), '{}') FROM gone"
        )
        return found


@pytest.fixture(scope="module")
async def shell(
    postgres_url: str, furnished: str, commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shell]:
    """One instance for all commands here: Zoe with a listing, and Paul who asks to join."""
    name = f"{furnished}_team"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    url = with_database(postgres_url, name)
    env = make_environment(tmp_path_factory.mktemp("team"), 9, database_url=url, url="http://lomme.test")
    shell = Shell(env, url, commands)
    await shell.sql(
        """
        WITH zoe AS (
            INSERT INTO actor (id, uri, type, local, username, host, url, inbox, name)
            VALUES (7, 'http://lomme.test/users/zoe', 'Person', true, 'zoe', 'lomme.test', '', '', 'Zoé'),
                (8, 'http://lomme.test/users/ada', 'Person', true, 'ada', 'lomme.test', '', '', 'Ada') RETURNING id
        ), members AS (
            INSERT INTO account (actor_id, email, roles, confirmed_at)
            SELECT id, id || '@example.org', CASE id WHEN 8 THEN '{admin}'::text[] ELSE '{}' END, now() FROM zoe
        ), posted AS (
            INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, published_at)
            VALUES (70, $1, 'listing', true, 7, 'http://lomme.test/annonces/70', 'network', '', now()),
                (71, $1 || '/old', 'listing', true, 7, 'http://lomme.test/annonces/71', 'network', '',
                    now() - interval '400 days') RETURNING id
        )
        INSERT INTO sign_up (id, username, email, password_hash, name, language)
        VALUES (9, 'paul', 'paul@example.org', 'x', 'Paul', 'fr'), (10, 'eve', 'eve@example.org', 'x', 'Eve', 'fr')
        """,
        LISTING,
    )
    await shell.sql(
        """
        INSERT INTO listing (post_id, kind, mode, title, status)
        SELECT id, 'offer', 'loan', 'Tente', CASE id WHEN 71 THEN 'fulfilled' ELSE 'open' END FROM post
        """
    )
    yield shell
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_who_asks_to_join_is_let_in_or_not(shell: Shell) -> None:
    assert re.findall(r"^(\w+) .*asks to join", await shell.result("members", "list", "--state", "waiting"), re.M) == [
        "paul",
        "eve",
    ]
    await shell.result("membres", "refuser", "eve", "--dry-run")
    assert await shell.sql("SELECT count(*) FROM sign_up") == 2

    assert await shell.result("membres", "accepter", "paul") == "paul"
    assert await shell.result("members", "refuse", "@eve") == "eve"

    assert "Nobody named eve asks to join" in await shell.refusal("members", "approve", "eve")
    assert await shell.acts() == ["sign_up_approved", "sign_up_refused"]
    assert await shell.sql("SELECT count(*) FROM actor WHERE username = 'paul'") == 1


async def test_members_are_listed_by_role_for_people_and_for_scripts(shell: Shell) -> None:
    assert await shell.result("members", "role", "zoe", "moderator", "welcome") == "welcome moderator"
    found = json.loads(await shell.result("members", "list", "--role", "moderator", "--json"))
    assert [(one["name"], one["roles"], one["state"]) for one in found] == [("zoe", ["welcome", "moderator"], "full")]
    assert json.loads(await shell.result("members", "list", "--search", "nobody", "--json")) == []
    assert (await shell.result("membres", "lister", "--role", "admin")).splitlines()[1].split()[:3] == [
        "ada",
        "admin",
        "full",
    ]

    assert await shell.result("members", "role", "zoe", "member") == "member"
    assert await shell.result("members", "role", "zoe", "member") == "member"

    assert "has to administer" in await shell.refusal("members", "role", "ada", "member")
    assert "There is no member named nina" in await shell.refusal("members", "role", "nina", "admin")
    assert "no member named zoe@henin.test" in await shell.refusal("members", "role", "zoe@henin.test", "admin")
    assert await shell.result("members", "role", "@zoe@lomme.test", "member") == "member"  # as reports name her
    assert "member means without any" in await shell.refusal("members", "role", "zoe", "member", "admin")
    assert await shell.acts() == ["roles_changed", "roles_changed"]


async def test_a_town_hall_gets_its_account_and_no_role_from_a_terminal(shell: Shell) -> None:
    await shell.sql("UPDATE actor SET type = 'Organization' WHERE id = 7")
    assert "no account named nina" in await shell.refusal("account", "authority", "nina")
    await shell.result("account", "authority", "zoe", "--dry-run")
    assert not await shell.sql("SELECT authority FROM account WHERE actor_id = 7")

    assert await shell.result("account", "collectivite", "@zoe") == "zoe"

    assert (await shell.result("members", "list", "--search", "zoe")).splitlines()[1].split()[:2] == [
        "zoe",
        "authority",
    ]
    assert "local authority" in await shell.refusal("members", "role", "zoe", "welcome")
    assert await shell.result("account", "authority", "zoe", "--fin") == "zoe"
    assert not await shell.sql("SELECT authority FROM account WHERE actor_id = 7")
    await shell.sql("UPDATE actor SET type = 'Person' WHERE id = 7")
    assert "is a person’s" in await shell.refusal("account", "authority", "zoe")
    assert await shell.acts() == ["authority_changed", "authority_changed"]


async def test_who_is_given_a_role_from_a_terminal_enters_anew_is_told_and_loses_her_places_with_it(
    shell: Shell,
) -> None:
    await shell.sql(
        "INSERT INTO one_time_link (token_hash, purpose, actor_id, expires_at)"
        " VALUES ('old', 'login', 7, now() + interval '1 hour')"
    )

    await shell.result("members", "role", "zoe", "keeper")

    assert await shell.sql("SELECT count(*) FROM one_time_link WHERE actor_id = 7 AND used_at IS NULL") == 0
    await shell.sql("INSERT INTO place_keeper (place_id, actor_id) VALUES (8, 7)")
    await shell.result("members", "role", "zoe", "member")
    assert await shell.sql("SELECT count(*) FROM place_keeper") == 0
    told = "SELECT count(*) FROM mention JOIN post ON post.id = post_id WHERE actor_id = 7 AND content ~ $1"
    assert [await shell.sql(told, words) for words in ("maintenant.*« Lieu »", "plus.*« Lieu »")] == [1, 1]
    assert await shell.acts() == ["roles_changed", "roles_changed"]


async def test_a_second_proof_is_taken_away_and_the_journal_says_so_once(shell: Shell) -> None:
    await shell.sql("INSERT INTO totp (actor_id, secret, confirmed_at) VALUES (7, 'x', now())")

    assert await shell.result("membres", "reinitialiser", "zoe") == "zoe"

    assert await shell.acts() == ["second_factor_reset"]


async def test_a_member_is_suspended_with_reasons_and_comes_back(shell: Shell) -> None:
    why = ("--reason", "Trois fausses annonces.", "--rule", "Règle 2", "--until", "2099-01-31")
    id = await shell.result("membres", "suspendre", "zoe", *why)
    kept = await shell.sql(
        "SELECT kind || ' ' || words || ' ' || rule || ' ' || (ends_at AT TIME ZONE 'Europe/Paris')::date"
        " FROM moderation_decision WHERE id = $1",
        int(id),
    )
    assert kept.startswith("suspend Trois fausses annonces. Règle 2 2099-0")
    assert await shell.sql("SELECT suspended_at IS NOT NULL FROM actor WHERE id = 7")
    assert await shell.sql("SELECT count(*) FROM notification WHERE recipient_id = 7 AND type = 'decision'") == 1
    assert "suspended already" in await shell.refusal("members", "suspend", "zoe", "--reason", "Encore.")
    over = ("--reason", "Non.", "--until", "2020-01-31")
    assert "is over" in await shell.refusal("members", "suspend", "ada", *over)
    await shell.sql("INSERT INTO appeal (decision_id, words) VALUES ($1, 'Je n’y suis pour rien.')", int(id))

    assert await shell.result("membres", "retablir", "zoe", "--reason", "C’était une erreur.") == "zoe"

    assert not await shell.sql("SELECT suspended_at IS NOT NULL FROM actor WHERE id = 7")
    answered = "taken_back C’était une erreur."
    assert await shell.sql("SELECT outcome || ' ' || answer FROM appeal WHERE decision_id = $1", int(id)) == answered
    of_case = "SELECT count(*) FROM journal_entry WHERE (details ->> 'case_id')::bigint = $1"
    case_id = await shell.sql("SELECT case_id FROM moderation_decision WHERE id = $1", int(id))
    assert await shell.sql(of_case, case_id) == 2
    assert "not suspended" in await shell.refusal("members", "unsuspend", "zoe")
    assert "alone administers" in await shell.refusal("members", "suspend", "ada", "--reason", "Non.")
    assert "Say why" in await shell.refusal("members", "suspend", "zoe", "--reason", " ")
    assert "Say why" in await shell.refusal("members", "suspend", "zoe", "--reason", "x" * 1001)
    assert await shell.acts() == ["suspended", "decision_taken_back"]


async def test_an_invitation_is_made_whose_address_opens(shell: Shell) -> None:
    address = await shell.result("membres", "inviter", "--places", "20", "--days", "7", "--note", "Marché", "--ask")

    assert re.fullmatch(r"http://lomme\.test/invitation/[\w-]+\.[\w-]+", address)
    kept = await shell.sql(
        "SELECT concat_ws(' ', places, note, team, needs_yes, made_by, (expires_at - now()) > interval '6 days',"
        " (expires_at - now()) < interval '8 days') FROM invitation"
    )
    assert kept == "20 Marché t t t t"
    for wrong in (("--places", "0"), ("--places", "501"), ("--days", "366"), ("--note", "x" * 101)):
        assert (await shell.run("members", "invite", *wrong))[0] == 2
    assert await shell.sql("SELECT count(*) FROM invitation") == 1
    assert await shell.acts() == ["invitation_made"]


async def test_a_listing_is_hidden_and_shown_again(shell: Shell) -> None:
    assert await shell.result("annonces", "masquer", LISTING, "--reason", "Objet interdit.") == LISTING
    assert await shell.sql("SELECT hidden_at IS NOT NULL FROM post WHERE id = 70")
    assert "hidden already" in await shell.refusal("listings", "hide", LISTING, "--reason", "Encore.")

    assert await shell.result("annonces", "montrer", LISTING) == LISTING

    assert not await shell.sql("SELECT hidden_at IS NOT NULL FROM post WHERE id = 70")
    assert "is not hidden" in await shell.refusal("listings", "show", LISTING)
    assert "not a listing" in await shell.refusal("listings", "show", "http://lomme.test/rien")
    assert "Say why" in await shell.refusal("listings", "hide", LISTING, "--reason", "")
    assert await shell.acts() == ["post_hidden", "decision_taken_back"]


async def test_listings_are_listed_by_state_and_by_who_published_them(shell: Shell) -> None:
    found = json.loads(await shell.result("listings", "list", "--state", "open", "--by", "@zoe", "--json"))
    line = (await shell.result("annonces", "lister", "--state", "open")).splitlines()[1]

    assert [(one["id"], one["title"], one["kind"]) for one in found] == [(LISTING, "Tente", "offer")]
    assert line.split()[0] == "open" and line.endswith(LISTING)
    assert json.loads(await shell.result("listings", "list", "--by", "ada", "--json")) == []
    assert "nobody named nina" in await shell.refusal("listings", "list", "--by", "nina")


async def test_what_ended_long_ago_goes_and_nothing_else(shell: Shell) -> None:
    status, out, err = await shell.run("listings", "purge", "--dry-run")
    assert (status, out.split(), err.strip().endswith("Would go: 1.")) == (0, [f"{LISTING}/old"], True)
    assert await shell.result("listings", "purge", "--older-than", "500") == ""
    assert (await shell.run("listings", "purge", "--older-than", "29"))[0] == 2
    assert await shell.sql("SELECT count(*) FROM post WHERE id IN (70, 71) AND deleted_at IS NULL") == 2

    assert await shell.result("annonces", "purger") == f"{LISTING}/old"

    assert await shell.sql("SELECT array_agg(id) FROM post WHERE id IN (70, 71) AND deleted_at IS NULL") == [70]
    assert await shell.result("annonces", "purger") == ""
    assert await shell.acts() == ["listing_purged"]


async def test_reports_are_listed_read_and_settled(shell: Shell) -> None:
    await shell.sql(
        """
        INSERT INTO report (id, uri, reporter_id, target_id, object_uris, content, local, target_name, extracts)
        VALUES (5, 'http://lomme.test/r/5', 8, 7, '{http://lomme.test/users/zoe}', E'Une\narnaque', true, 'Zoé', '[]')
        """
    )
    [found] = json.loads(await shell.result("signalements", "lister", "--json"))
    assert (found["id"], found["about"], found["by"]) == ("5", "zoe@lomme.test", "ada@lomme.test")
    assert "Une arnaque" in await shell.result("reports", "list")
    assert "object: http://lomme.test/users/zoe" in (await shell.result("reports", "voir", "5")).splitlines()

    assert await shell.result("signalements", "regler", "5", "--note", "Vu.", "--answer", "Merci.") == "5"

    assert await shell.sql("SELECT note || ' ' || answer FROM report WHERE id = 5") == "Vu. Merci."
    assert "“A case was closed without further action”" in await shell.refusal("reports", "settle", "5")
    assert "There is no report 6" in await shell.refusal("reports", "show", "6")
    assert json.loads(await shell.result("reports", "list", "--json")) == []
    assert await shell.acts() == ["case_closed"]


async def test_the_journal_says_what_was_done_and_the_archive_is_for_who_runs_the_server(
    shell: Shell, tmp_path: Path
) -> None:
    await shell.acts()
    target = tmp_path / "zoe.zip"
    assert await shell.result("membres", "exporter", "zoe", "--to", str(target)) == str(target)
    assert (target.stat().st_mode & 0o777, target.read_bytes()[:2]) == (0o600, b"PK")
    assert "is there already" in await shell.refusal("members", "export", "zoe", "--to", str(target))
    assert "no folder" in await shell.refusal("members", "export", "zoe", "--to", str(tmp_path / "none" / "zoe.zip"))
    assert "no second factor" in await shell.refusal("members", "reset-factors", "zoe")

    [entry] = json.loads(await shell.result("journal", "--json"))

    assert (entry["act"], entry["by"], entry["about"]) == ("account_exported", None, "zoe@lomme.test")
    assert "account_exported" in await shell.result("journal")
    assert json.loads(await shell.result("journal", "--since", "2999-01-01", "--json")) == []


async def test_the_instance_ends_by_its_host_typed_in_full_and_its_end_is_taken_back(shell: Shell) -> None:
    await shell.acts()
    planned = await shell.result("shutdown-instance", "--dry-run")
    status, out, err = await shell.run("fermer", "--confirm", "ailleurs.test")
    nothing = await shell.sql("SELECT count(*) FROM instance_shutdown")
    begun = await shell.run("fermer", "--confirm", "lomme.test")
    again = await shell.refusal("shutdown-instance", "--confirm", "lomme.test")
    back = await shell.result("fermer", "--take-back")

    assert "will end for ever in 14 days" in planned and "members, " in planned and "news and mail" in planned
    assert (status, out, nothing) == (1, "", 0) and "Nothing was done" in err
    assert begun[0] == 0 and "lomme.test ends on " in begun[1] and "will end for ever" in begun[2]
    assert "already" in again and back == "http://lomme.test goes on"
    assert await shell.acts() == ["settings_changed", "settings_changed"]


async def test_help_names_the_french_names_and_an_unknown_one_is_refused(shell: Shell) -> None:
    assert "En français : lister" in await shell.result("membres", "--help")
    assert {"membres", "annonces", "signalements"} <= set(re.findall(r"\w+", await shell.result("--help")))
    assert "No such command 'inventer'" in await shell.refusal("membres", "inventer")
