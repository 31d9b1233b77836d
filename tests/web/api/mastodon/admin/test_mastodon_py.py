"""Unmodified Mastodon.py moderates: it finds reports and people, decides, and takes back what it did."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from mastodon import Mastodon, MastodonNotFoundError

from models.store.database import connection, fetch_column
from tests.web.api.mastodon.admin.crew import Crew

T = TypeVar("T")


async def ask(call: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """A call of a blocking client, in a thread beside our server."""
    return await asyncio.to_thread(call, *arguments, **options)


async def test_mastodon_py_settles_a_report_by_a_suspension_and_takes_it_back(crew: Crew) -> None:
    client = await ask(
        Mastodon,
        access_token=crew.mona.bearer,
        api_base_url=str(crew.anybody.client.make_url("/")).rstrip("/"),
        version_check_mode="none",
        ratelimit_method="throw",
    )

    [report] = await ask(client.admin_reports)
    assert (report.target_account.account.acct, report.comment, report.category) == ("hocine", "Il ment.", "spam")
    taken = await ask(client.admin_report_assign, report)
    assert taken.assigned_account.username == "mona"
    [person] = await ask(client.admin_accounts_v2, origin="local", username="hocine")
    assert (person.ip, person.ips, person.role.permissions) == (None, [], "0")

    await ask(client.admin_account_moderate, person, action="suspend", report_id=report, text="Il demande de l’argent.")

    assert (await ask(client.admin_account, person)).suspended is True
    assert await ask(client.admin_reports) == []
    [settled] = await ask(client.admin_reports, resolved=True)
    assert settled.action_taken and settled.action_taken_by_account.username == "mona"
    assert [one.username for one in await ask(client.admin_accounts_v2, status="suspended")] == ["hocine"]
    assert (await ask(client.admin_account_unsuspend, person)).suspended is False
    assert (await ask(client.admin_report_reopen, settled)).action_taken is False
    with pytest.raises(MastodonNotFoundError):
        await ask(client.admin_account_approve, person)
    async with connection(crew.anybody.pool) as conn:
        acts = await fetch_column(conn, "SELECT act FROM journal_entry ORDER BY id")
    assert acts == ["suspended", "decision_taken_back"]
