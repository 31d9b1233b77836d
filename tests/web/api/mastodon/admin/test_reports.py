"""Reports in a moderation app: what it shows, what it does, and what it shows to nobody."""

from models.moderation import cases, journal
from models.people.documents import versions
from models.people.documents.versions import NewVersion
from models.store.database import Pool, connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_note
from tests.web.api import strict
from tests.web.api.mastodon.admin.crew import Crew
from tests.web.api.strict_staff import admin_report

URL = "/api/v1/admin/reports"


async def test_a_report_is_shown_with_who_whom_why_and_what(crew: Crew) -> None:
    [shown] = await crew.mona.get(URL, strict.many(admin_report))

    assert (shown["account"]["username"], shown["target_account"]["username"]) == ("zoe", "hocine")
    assert (shown["category"], shown["comment"], shown["action_taken"]) == ("spam", "Il ment.", False)
    assert [status["id"] for status in shown["statuses"]] == [str(crew.note.id)]
    assert await crew.mona.get(f"{URL}/{crew.report.id}", admin_report) == shown


async def test_reports_are_found_by_whom_about_whom_and_whether_they_are_settled(crew: Crew) -> None:
    other = await crew.again(target=crew.zoe)

    async def find(**params: object) -> list[str]:
        return [one["id"] for one in await crew.mona.get(URL, strict.many(admin_report), **params)]

    assert await find() == [str(other.id), str(crew.report.id)]
    assert await find(target_account_id=crew.hocine.id) == [str(crew.report.id)]
    assert await find(account_id=crew.zoe.id) == [str(crew.report.id)]
    assert await find(resolved="true") == []
    await crew.mona.post(f"{URL}/{crew.report.id}/resolve", admin_report)
    assert await find(resolved="true") == [str(crew.report.id)]


async def test_pages_lead_to_each_other(crew: Crew) -> None:
    made = [crew.report.id] + [(await crew.again()).id for _ in range(4)]

    first = await crew.mona.ask("GET", URL, params={"limit": 2})
    second = await crew.mona.ask("GET", first.links["next"].removeprefix("https://lomme.test"))
    back = await crew.mona.ask("GET", second.links["prev"].removeprefix("https://lomme.test"))

    ids = [str(id) for id in made]
    assert [one["id"] for one in first.json] == [ids[4], ids[3]]
    assert [one["id"] for one in second.json] == [ids[2], ids[1]]
    assert [one["id"] for one in back.json] == [ids[4], ids[3]]


async def test_a_report_is_taken_given_back_settled_and_opened_again(crew: Crew) -> None:
    one = f"{URL}/{crew.report.id}"

    other = await crew.again(target=crew.zoe)
    taken = await crew.mona.post(f"{one}/assign_to_self", admin_report)
    assert (await crew.mona.get(f"{URL}/{other.id}", admin_report))["assigned_account"] is None
    kept = await crew.odile.post(f"{one}/unassign", admin_report)
    given = await crew.mona.post(f"{one}/unassign", admin_report)
    settled = await crew.mona.post(f"{one}/resolve", admin_report)
    again = await crew.odile.post(f"{one}/resolve", admin_report)
    opened = await crew.odile.post(f"{one}/reopen", admin_report)

    assert taken["assigned_account"]["username"] == kept["assigned_account"]["username"] == "mona"
    assert given["assigned_account"] is None
    assert settled["action_taken_by_account"]["username"] == "mona" == again["action_taken_by_account"]["username"]
    assert (opened["action_taken"], opened["action_taken_by_account"]) == (False, None)
    async with connection(crew.anybody.pool) as conn:
        told = await fetch_column(conn, "SELECT recipient_id FROM notification WHERE type = 'report_settled'")
        assert told == [crew.zoe.id]
        acts = await fetch_column(conn, "SELECT act FROM journal_entry ORDER BY id")
    assert acts == ["case_closed"]


async def test_its_category_is_changed(crew: Crew) -> None:
    answer = await crew.mona.ask("PUT", f"{URL}/{crew.report.id}", data={"category": "legal", "rule_ids[]": "1"})
    wrong = await crew.mona.ask("PUT", f"{URL}/{crew.report.id}", data={"category": "ugly"})

    admin_report(answer.json)
    assert answer.json["category"] == "legal" and wrong.status == 422


async def test_the_rules_that_it_names_are_those_of_the_charter_as_they_read_then(crew: Crew) -> None:
    await publish_charter(crew.anybody.pool, "1. On se parle bien.\n\n2. On dit vrai.\nDes prix aussi.")
    alone = await crew.anybody.as_member(crew.zoe)
    data = {"account_id": str(crew.hocine.id), "rule_ids[]": ["2", "9"], "status_ids[]": str(crew.note.id)}
    made = await alone.ask("POST", "/api/v1/reports", data=data)
    one = f"{URL}/{made.json['id']}"
    assert (made.json["category"], made.json["rule_ids"]) == ("spam", ["2"])

    await publish_charter(crew.anybody.pool, "1. On prête.", follows=1)
    again = await alone.ask("POST", "/api/v1/reports", data={**data, "rule_ids[]": "1"})
    shown = await crew.mona.get(one, admin_report)
    changed = await crew.mona.ask("PUT", one, data={"category": "violation", "rule_ids[]": "1"})
    kept = await crew.mona.ask("PUT", one, data={"category": "legal"})

    assert again.json["rule_ids"] == ["1", "2"]
    assert [(rule["id"], rule["text"]) for rule in shown["rules"]] == [("1", "On prête."), ("2", "On dit vrai.")]
    assert [rule["id"] for rule in changed.json["rules"]] == ["1"] == [rule["id"] for rule in kept.json["rules"]]
    assert (changed.json["category"], kept.json["category"]) == ("violation", "legal")


async def publish_charter(pool: Pool, text: str, *, follows: int = 0) -> None:
    async with transaction(pool) as conn:
        new = NewVersion(kind="charter", text=text, summary="", due_at=None, published_by=None, follows=follows)
        await versions.publish(conn, new)


async def test_a_report_about_her_is_missing_for_whoever_moderates(crew: Crew) -> None:
    about = await crew.again(target=crew.mona_actor, content="Elle abuse.")
    one = f"{URL}/{about.id}"

    listed = await crew.mona.get(URL)
    answers = [await crew.mona.ask("GET", one), await crew.mona.ask("PUT", one, data={"category": "spam"})]
    for act in ("assign_to_self", "unassign", "resolve", "reopen"):
        answers.append(await crew.mona.ask("POST", f"{one}/{act}"))
    missing = await crew.mona.ask("GET", f"{URL}/1")

    assert str(about.id) not in [each["id"] for each in listed]
    assert {answer.status for answer in answers} == {404}
    assert answers[0].json == missing.json
    assert (await crew.odile.get(one, admin_report))["comment"] == "Elle abuse."
    assert await crew.mona.get(URL, target_account_id=crew.mona_actor.id) == []


async def test_a_visitor_a_gone_account_and_a_page_have_somebody_to_stand_in(crew: Crew) -> None:
    await crew.again()
    page = await crew.again(target=None, page="https://lomme.test/tags/velo", content="Des injures.")
    async with transaction(crew.anybody.pool) as conn:
        await execute(conn, "UPDATE report SET target_id = NULL WHERE id = $1", crew.report.id)

    shown = await crew.mona.get(URL, strict.many(admin_report))

    by_id = {one["id"]: one for one in shown}
    assert {one["account"]["username"] for one in shown} == {"instance", "zoe"}
    assert by_id[str(page.id)]["comment"] == "Des injures.\n\nhttps://lomme.test/tags/velo"
    assert by_id[str(crew.report.id)]["target_account"]["username"] == "instance"


async def test_of_a_private_message_what_was_handed_over_is_read_and_no_status(crew: Crew) -> None:
    async with transaction(crew.anybody.pool) as conn:
        secret = await make_note(
            conn, crew.hocine, audience="direct", mention_ids=(crew.zoe.id,), content="<p>Ton code ?</p>"
        )
    alone = await crew.anybody.as_member(crew.zoe)
    made = await alone.ask(
        "POST",
        "/api/v1/reports",
        data={"account_id": str(crew.hocine.id), "status_ids[]": str(secret.id), "comment": "Aïe"},
    )

    shown = await crew.mona.get(f"{URL}/{made.json['id']}", admin_report)

    assert (shown["statuses"], shown["comment"]) == ([], "Aïe\n\n« Ton code ? »")


async def test_what_is_done_to_a_settled_case_is_written_once(crew: Crew) -> None:
    await crew.mona.post(f"{URL}/{crew.report.id}/resolve", admin_report)

    async with connection(crew.anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM moderation_case WHERE closed_at IS NULL") == 0
        case = await cases.find(conn, crew.report.case_id or 0, crew.mona_actor.id)
        [entry] = await journal.list_entries(conn, crew.odile_actor.id)
    assert case is not None and case.closed_at is not None
    assert (entry.act, entry.by_id, entry.about_id) == ("case_closed", crew.mona_actor.id, crew.hocine.id)
