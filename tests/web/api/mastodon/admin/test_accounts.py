"""Accounts in a moderation app: found, decided about, given back; what it shows of whom to whom."""

from dataclasses import replace

import pytest

from models import preferences
from models.people import sign_ups
from models.people.sign_ups import NewSignUp
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Answer
from tests.web.api.mastodon.admin.crew import Crew
from tests.web.api.strict_staff import admin_account

URL = "/api/v1/admin/accounts"
V2 = "/api/v2/admin/accounts"


async def ask_in(crew: Crew, username: str = "leo") -> int:
    """Somebody asks to join."""
    async with transaction(crew.anybody.pool) as conn:
        asked = await sign_ups.save(
            conn,
            NewSignUp(
                username=username,
                email=f"{username}@exemple.fr",
                password_hash="x",
                name=username.capitalize(),
                language="fr",
                commune_code=None,
            ),
        )
        return asked.id


async def test_accounts_are_found_by_where_how_and_who(crew: Crew) -> None:
    async with transaction(crew.anybody.pool) as conn:
        bob = await make_remote_actor(conn)
        await execute(conn, "UPDATE actor SET limited_at = now() WHERE id = $1", crew.zoe.id)
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", bob.id)

    async def find(path: str = V2, **params: object) -> set[str]:
        return {one["username"] for one in await crew.odile.get(path, strict.many(admin_account), **params)}

    ours = {"mona", "awa", "odile", "hocine", "zoe"}
    assert await find() == ours | {"bob"}
    assert await find(origin="local") == ours == await find(URL)
    assert (
        await find(by_domain="Henin.test") == {"bob"} == await find(origin="remote") == await find(status="suspended")
    )
    assert await find(status="silenced") == {"zoe"} == await find(URL, silenced="true")
    assert await find(status="active", username="ocin") == {"hocine"} == await find(display_name="hoc")
    assert await find(permissions="staff") == {"mona", "odile"} == await find(URL, staff="true")
    assert await find(email="zoe@example.org") == {"zoe"}
    assert await find(ip="192.0.2.1") == set()
    assert await find(username="%") == set()


async def test_pages_of_accounts_lead_to_each_other(crew: Crew) -> None:
    first = await crew.mona.ask("GET", V2, params={"limit": 2})
    second = await crew.mona.ask("GET", first.links["next"].removeprefix("https://lomme.test"))
    back = await crew.mona.ask("GET", second.links["prev"].removeprefix("https://lomme.test"))

    assert len(first.json) == len(second.json) == 2 and back.json == first.json
    assert not {one["id"] for one in first.json} & {one["id"] for one in second.json}


async def test_a_mail_address_is_for_those_alone_who_see_members_on_our_pages(crew: Crew) -> None:
    one = f"{URL}/{crew.zoe.id}"

    shown = {name: await api.get(one, admin_account) for name, api in (("mona", crew.mona), ("awa", crew.awa))}

    assert (shown["mona"]["email"], shown["awa"]["email"]) == ("", "zoe@example.org")
    assert await crew.mona.get(V2, email="zoe@example.org") == []
    assert "example.org" not in str((await crew.mona.ask("GET", "/api/v1/admin/reports")).json)


async def test_whoever_welcomes_members_sees_those_of_ours_alone(crew: Crew) -> None:
    async with transaction(crew.anybody.pool) as conn:
        bob = await make_remote_actor(conn)

    assert {one["domain"] for one in await crew.awa.get(V2)} == {None}
    assert (await crew.awa.ask("GET", f"{URL}/{bob.id}")).status == 404
    assert (await crew.awa.ask("GET", V2, params={"origin": "remote"})).status == 404


async def act(crew: Crew, type: str, **data: str) -> Answer:
    return await crew.mona.ask("POST", f"{URL}/{crew.hocine.id}/action", data={"type": type, **data})


@pytest.mark.parametrize(
    ("type", "text", "kind", "journalled"),
    [
        ("none", "", "nothing", "case_closed"),
        ("none", "Soyez poli.", "warn", "warned"),
        ("silence", "Trop d’annonces.", "limit", "limited"),
        ("suspend", "Il demande de l’argent.", "suspend", "suspended"),
    ],
)
async def test_what_is_done_in_an_app_is_a_decision_with_its_reasons_and_settles_the_reports(
    crew: Crew, type: str, text: str, kind: str, journalled: str
) -> None:
    answer = await act(crew, type, text=text, report_id=str(crew.report.id), send_email_notification="false")

    assert (answer.status, answer.json) == (200, {})
    async with connection(crew.anybody.pool) as conn:
        made = await conn.fetchrow("SELECT kind, words, decided_by, actor_id, case_id FROM moderation_decision")
        assert tuple(made or ()) == (kind, text, crew.mona_actor.id, crew.hocine.id, crew.report.case_id)
        assert await fetch_column(conn, "SELECT act FROM journal_entry") == [journalled]
        assert await fetch_value(conn, "SELECT closed_by FROM report") == crew.mona_actor.id
        told = await fetch_value(conn, "SELECT count(*) FROM notification WHERE type = 'decision'")
    assert told == (0 if kind == "nothing" else 1)
    shown = await crew.mona.get(f"{URL}/{crew.hocine.id}", admin_account)
    assert (shown["silenced"], shown["suspended"]) == (kind == "limit", kind == "suspend")


async def test_what_was_done_is_taken_back_whole(crew: Crew) -> None:
    await act(crew, "silence", text="Trop.")
    unsilenced = await crew.odile.post(f"{URL}/{crew.hocine.id}/unsilence", admin_account)
    late = await act(crew, "suspend", text="Trop.")
    await act(crew, "suspend", text="Trop.")
    unsuspended = await crew.odile.post(f"{URL}/{crew.hocine.id}/unsuspend", admin_account)
    again = await crew.odile.post(f"{URL}/{crew.hocine.id}/unsuspend", admin_account)

    assert late.status == 409 and late.json["error"].startswith("Odile a été plus rapide")
    assert not (unsilenced["silenced"] or unsuspended["suspended"] or again["suspended"])
    async with connection(crew.anybody.pool) as conn:
        acts = await fetch_column(conn, "SELECT act FROM journal_entry ORDER BY id")
    assert acts == ["limited", "decision_taken_back", "suspended", "decision_taken_back"]


async def test_what_does_not_go_is_refused_and_changes_nothing(crew: Crew) -> None:
    url = f"{URL}/{crew.hocine.id}/action"
    instance = await crew.anybody.pool.fetchval("SELECT id FROM actor WHERE username = 'instance'")
    other = await crew.again(target=crew.zoe)

    for path, data, status in (
        (url, {"type": "suspend"}, 422),
        (url, {"type": "exclude", "text": "x"}, 422),
        (url, {"type": "sensitive", "text": "x"}, 422),
        (url, {"type": "disable", "text": "x"}, 422),
        (url, {}, 422),
        (url, {"type": "silence", "text": "x" * 2001}, 422),
        (url, {"type": "silence", "text": "x", "report_id": str(other.id)}, 404),
        (url, {"type": "silence", "text": "x", "report_id": "1"}, 404),
        (f"{URL}/{crew.mona_actor.id}/action", {"type": "silence", "text": "x"}, 404),
        (f"{URL}/{instance}/action", {"type": "silence", "text": "x"}, 404),
        (f"{URL}/1/action", {"type": "silence", "text": "x"}, 404),
    ):
        assert (await crew.mona.ask("POST", path, data=data)).status == status, data
    async with connection(crew.anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM moderation_decision") == 0


async def test_where_two_have_to_want_a_suspension_an_app_proposes_it(crew: Crew) -> None:
    async with transaction(crew.anybody.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), suspension_by_two=True))

    answer = await act(crew, "suspend", text="Trop.")
    second = await act(crew, "suspend", text="Trop.")

    assert (answer.status, second.status) == (200, 409)
    async with connection(crew.anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT effective_at FROM moderation_decision") is None
        assert await fetch_value(conn, "SELECT suspended_at FROM actor WHERE id = $1", crew.hocine.id) is None
        assert await fetch_column(conn, "SELECT recipient_id FROM notification WHERE type = 'second_asked'") == [
            crew.odile_actor.id
        ]


async def test_an_exclusion_is_not_undone_by_one_alone(crew: Crew) -> None:
    await act(crew, "suspend", text="Trop.")
    async with transaction(crew.anybody.pool) as conn:
        await execute(conn, "UPDATE moderation_decision SET kind = 'exclude'")

    answer = await crew.mona.ask("POST", f"{URL}/{crew.hocine.id}/unsuspend")

    assert answer.status == 409 and "à deux" in answer.json["error"]


async def test_who_asks_to_join_is_let_in_or_not_by_those_who_answer_them(crew: Crew) -> None:
    leo, lea = await ask_in(crew), await ask_in(crew, "lea")

    pending = await crew.awa.get(V2, strict.many(admin_account), status="pending")
    hidden = [await crew.mona.ask("POST", f"{URL}/{leo}/{act}") for act in ("approve", "reject")]
    hidden.append(await crew.mona.ask("GET", f"{URL}/{leo}"))
    approved = await crew.awa.post(f"{URL}/{leo}/approve", admin_account)
    rejected = await crew.awa.post(f"{URL}/{lea}/reject", admin_account)
    again = await crew.awa.ask("POST", f"{URL}/{leo}/approve")

    assert {(one["username"], one["approved"], one["email"]) for one in pending} == {
        ("leo", False, "leo@exemple.fr"),
        ("lea", False, "lea@exemple.fr"),
    }
    assert {answer.status for answer in hidden} == {404} and again.status == 409
    assert await crew.mona.get(V2, status="pending") == []
    assert (approved["username"], approved["approved"], rejected["approved"]) == ("leo", True, False)
    assert await crew.awa.get(URL, pending="true") == []
    async with connection(crew.anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM account") == 6


async def test_what_mastodon_freezes_and_marks_nobody_here_is(crew: Crew) -> None:
    for act in ("enable", "unsensitive"):
        shown = await crew.mona.post(f"{URL}/{crew.hocine.id}/{act}", admin_account)
        assert not shown["disabled"] and not shown["sensitized"]


async def test_what_was_reported_after_an_app_read_stays_open_when_it_decides(crew: Crew) -> None:
    await crew.mona.get("/api/v1/admin/reports")
    later = await crew.again(content="Encore")

    await act(crew, "silence", text="Trop.")

    async with connection(crew.anybody.pool) as conn:
        assert await fetch_column(conn, "SELECT id FROM report WHERE closed_at IS NULL") == [later.id]
        assert await fetch_value(conn, "SELECT count(*) FROM moderation_case WHERE closed_at IS NULL") == 1


async def test_a_report_that_an_app_never_read_stays_open_when_it_decides(crew: Crew) -> None:
    await act(crew, "silence", text="Trop.")

    async with connection(crew.anybody.pool) as conn:
        assert await fetch_column(conn, "SELECT id FROM report WHERE closed_at IS NULL") == [crew.report.id]


async def test_a_report_that_an_app_names_is_settled_where_it_looked_at_the_person_alone(crew: Crew) -> None:
    await crew.mona.get(f"{URL}/{crew.hocine.id}", admin_account)

    await act(crew, "silence", text="Trop.", report_id=str(crew.report.id))

    async with connection(crew.anybody.pool) as conn:
        assert await fetch_column(conn, "SELECT id FROM report WHERE closed_at IS NULL") == []
