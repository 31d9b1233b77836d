"""What does not leave for somebody without an account is seen like all other mails, and can be sent again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from models.coop import pending_operation
from models.ids import make_id
from models.moderation.reports import Settlement
from models.news import unsent_mails
from models.people import sign_ups
from models.people.arrivals import answer_mails
from models.people.arrivals.answer_mails import TeamAnswer
from models.people.invitations import mailings
from models.store.background import job_basics, jobs
from models.store.database import Pool, connection, execute, fetch_column, transaction
from outbox.moderation import reports
from outbox.moderation.statements import LETTER
from outbox.people.joining import invitations
from tests.web.mail.team_scenario import JOBS, Team, open_team
from web.mail.decision_mails import send_decision
from web.mail.invitation_mails import send_invitation
from web.mail.sign_up_mails import send_sign_up_mail
from web.mail.smtp import MailRefused
from web.mail.staff_mails import queue_answer

ALL_JOBS = {
    answer_mails.MAIL: send_sign_up_mail,
    invitations.MAIL: send_invitation,
    LETTER: send_decision,
}


@pytest.fixture
async def team(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Team]:
    for name, do in ALL_JOBS.items():
        monkeypatch.setitem(JOBS, name, do)
    async with open_team(pool) as team:
        yield team


async def refuse(team: Team) -> None:
    """Carole asks to join, and Awa says no."""
    async with transaction(team.pool) as conn:
        [asked] = await sign_ups.list_by_ids(conn, [await team.ask()])
        await answer_mails.queue_refusal(conn, asked, TeamAnswer(words="Pas cette fois."))
        await execute(conn, "DELETE FROM pgqueuer WHERE entrypoint = 'staff_mail'")


async def expire(team: Team) -> None:
    async with transaction(team.pool) as conn:
        [asked] = await sign_ups.list_by_ids(conn, [await team.ask()])
        await answer_mails.queue_expiry(conn, asked)
        await execute(conn, "DELETE FROM pgqueuer WHERE entrypoint = 'staff_mail'")


async def invite(team: Team) -> None:
    async with transaction(team.pool) as conn:
        id, until = make_id(), datetime.now(UTC) + timedelta(days=9)
        await execute(
            conn,
            """
            INSERT INTO invitation (id, made_by, email, expires_at, team, places, mail_state)
            VALUES ($1, $2, 'carole@x.fr', $3, true, 1, 'waiting')
            """,
            id,
            team.awa.id,
            until,
        )
        await jobs.enqueue(conn, invitations.MAIL, {"id": id, "turn": 1})


async def receive(team: Team) -> None:
    """A visitor reports Hocine."""
    await team.report(email="lea@example.org")
    async with transaction(team.pool) as conn:
        await execute(conn, "DELETE FROM pgqueuer WHERE entrypoint = 'staff_mail'")


async def answer(team: Team) -> None:
    made = await team.report(email="lea@example.org")
    async with transaction(team.pool) as conn:
        await execute(conn, "DELETE FROM pgqueuer")
        settled = await reports.settle(conn, made.id, Settlement(by=team.mona.id, answer="C’est retiré."))
        await queue_answer(conn, settled)


STRANGERS = {
    "sign_up_refused": refuse,
    "sign_up_expired": expire,
    "invitation": invite,
    "report_receipt": receive,
    "report_answer": answer,
}


@pytest.mark.parametrize(("kind", "write"), STRANGERS.items())
async def test_what_fails_for_good_is_seen_and_leaves_where_somebody_sends_it_again(
    team: Team, kind: str, write: Callable[[Team], Awaitable[None]]
) -> None:
    team.postman.refusal = "550 nobody of that name"
    await write(team)
    await team.run()

    async with transaction(team.pool) as conn:
        [stuck] = await unsent_mails.list_failed(conn)
        waiting = await pending_operation.find_mails(conn)
        assert (stuck.kind, stuck.state, stuck.cause, stuck.username) == (kind, "failed", "address", None)
        assert waiting is not None and (waiting.count, waiting.people) == (1, 1)
        assert await unsent_mails.send_again(conn, None) == 0, "an address that is wrong stays so"
        assert await unsent_mails.send_again(conn, stuck.id) == 1
        assert await unsent_mails.send_again(conn, stuck.id) == 0

    team.postman.refusal = ""
    assert len(await team.run()) == 1
    async with connection(team.pool) as conn:
        assert await unsent_mails.list_failed(conn) == []


async def test_a_server_that_is_away_is_one_line_until_its_job_gives_up_and_then_all_leave_at_once(team: Team) -> None:
    team.postman.refusal = "451 later"
    await refuse(team)
    async with transaction(team.pool) as conn:
        [queued] = await fetch_column(conn, "DELETE FROM pgqueuer WHERE entrypoint = 'sign_up_mail' RETURNING payload")
    for number in range(job_basics.ATTEMPTS + 1):
        async with connection(team.pool) as conn:
            tried = [(one.state, one.attempts) for one in await unsent_mails.list_failed(conn)]
        assert tried == ([("waiting", number)] if number else [])
        with pytest.raises(MailRefused):
            await send_sign_up_mail(team.instance, msgspec.json.decode(queued))

    team.postman.refusal = ""
    async with transaction(team.pool) as conn:
        [stuck] = await unsent_mails.list_failed(conn)
        assert (stuck.state, stuck.attempts) == ("failed", job_basics.ATTEMPTS + 1)
        assert await unsent_mails.send_again(conn, None) == 1
    assert await team.run() == ["carole"]


async def test_an_invitation_that_was_sent_anew_is_no_trouble_any_more(team: Team) -> None:
    team.postman.refusal = "550 nobody of that name"
    await invite(team)
    await team.run()
    team.postman.refusal = ""
    async with transaction(team.pool) as conn:
        [one] = await mailings.list_mailed(conn)
        await invitations.mail_again(conn, one.id)

    assert await team.run() == ["carole"]
    async with connection(team.pool) as conn:
        assert await unsent_mails.list_failed(conn) == []


async def test_what_may_have_arrived_is_not_sent_twice(team: Team) -> None:
    team.postman.silent = True
    await refuse(team)
    await team.run()

    async with transaction(team.pool) as conn:
        [stuck] = await unsent_mails.list_failed(conn)
        assert stuck.cause == "interrupted" and await unsent_mails.send_again(conn, stuck.id) == 0
