"""The register of personal data says what the code does: every length of the product, as the sweeps use it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from models.communities import entry_links
from models.moderation import case_notes
from models.moderation.searches import report_readings
from models.preferences import Preferences
from models.store import limit_sums
from models.store.database import Connection
from tests.limit_constants import ROOT, read_limits
from web.rendering.data_register.lengths import Constant
from web.rendering.data_register.register import REGISTER, read_register
from web.rendering.formats import format_span
from web.server.worker.nightly_sweep import SWEEPS

PLAIN = Preferences(dues=True)
"""With all that is kept in some cooperatives only."""

WORDS = frozenset({"KEPT", "LIFETIME", "GRACE", "REMEMBERED"})
"""A name that has one of them says how long something is kept, where its value is a time."""

NOT_OF_PEOPLE = {
    "models.repairs.figures.kept_files.KEPT": "a published file without names, written anew each hour",
    "models.repairs.figures.kept_files.KEPT_MEANWHILE": "the same, while somebody writes it anew",
    "federation.signatures.policy.GRACE": "how wrong the clock of a server may be",
    "models.access.tokens.UNUSED_KEPT": "an application's own token: nobody stands behind it",
    "models.access.authorization_grants.CODE_LIFETIME": "a code on its way to an application, for minutes",
    "models.servers.access_requests.KEPT_DAYS": "names of servers",
    "models.servers.forgotten_servers.KEPT": "names of servers",
    "models.store.background.jobs.KEPT_DAYS": "which jobs ran, without their content",
    "models.store.slow_statements.KEPT_DAYS": "statements of the code, without values",
    "models.traffic.inbound.inbox_overflows.KEPT_DAYS": "names of domains",
    "outbox.communities.limits.LONGEST_GRACE": "how long a community's members may wait with a yes",
    "web.mail.invitation_mails.FIRST_LINK_LIFETIME": "until when a link opens: it is kept like others",
    "web.pages.communities.charter_pages.USUAL_GRACE": "what a form proposes",
    "web.pages.exchanges.agenda.calendar_feed.KEPT": "how far back a calendar goes",
    "web.pages.repairs.tours.tour_page.KEPT_AHEAD": "what a browser keeps of a tour, for who rides it",
}
"""Lengths that keep nothing of a person beyond what the register says, and why."""

OTHER_SWEEPS = {
    "alert_territories": "counts anew", "applications": "programs", "access_requests": "names of servers",
    "bike_handovers": "what was never taken goes when its time is over", "chores": "what failed in the machine",
    "everyday_words": "words of the product",
    "directory": "territories", "failed_fetches": "addresses of documents", "known_words": "words without people",
    "kept_repair_files": "published files without names",
    "policy_reports": "how often something was refused on a kind of page",
    "mutes": "until the day that the member chose", "nonces": "proofs of servers", "overflows": "names of domains",
    "slow_statements": "statements of the code", "strange_servers": "names of servers",
    "tombstones": "the row says itself until when", "tour_orders": "the order of stops, gone with the tour",
    "withdrawn_words": "empties what was taken back, at once",
}  # fmt: skip
"""Sweeps that forget nothing of a person, or nothing that is kept for a time."""

BY_OTHERS: dict[str, Callable[[Connection], Awaitable[int]]] = {
    "models.communities.entry_links.KEPT": entry_links.forget_old,
    "models.moderation.case_notes.KEPT": case_notes.forget_old,
    "models.moderation.searches.report_readings.KEPT": report_readings.forget_old,
    "models.store.limit_sums.KEPT": limit_sums.forget_old,
}
"""What other chores than the nightly one forget."""

WRITTEN_BEFORE = {
    *("models.access.sessions.LIFETIME", "models.access.login_steps.LIFETIME", "models.exchanges.guests.KEPT"),
    *("models.personal_data.deletion_notices.SHOWN_DAYS", "models.personal_data.export_archives.KEPT"),
    *("models.repairs.bikes.sent_files.KEPT", "models.repairs.passers_by.KEPT", "models.servers.waiting_posts.DAYS"),
    *("models.traffic.tombstones.DELETED_FOR", "outbox.people.account_deletion.GRACE"),
    *("federation.web_push.KEPT_FOR", "web.rendering.i18n.COOKIE_LIFETIME"),
}
"""What has its end written down when it is made, or is forgotten at a moment that is reckoned elsewhere."""

HIDDEN = re.compile(r"DELETE FROM (\w+)[^;\"]*?(?:interval '\d+ \w+')")


def list_constants() -> dict[str, Constant]:
    """Those that the register names, by where they stand."""
    lengths = [length for entry in REGISTER for length in entry.lengths.values()]
    return {length.path: length for length in lengths if isinstance(length, Constant)}


def is_time(path: str, value: object) -> bool:
    name = path.rpartition(".")[2]
    return not WORDS.isdisjoint(name.split("_")) and (
        isinstance(value, timedelta) or name.endswith(("_DAYS", "_WEEKS"))
    )


def test_every_length_of_the_product_stands_in_the_register() -> None:
    layers = [read_limits(layer) for layer in ("models", "federation", "inbox", "outbox", "web")]
    found = {path for limits in layers for path, value in limits.items() if is_time(path, value)}

    assert found - set(list_constants()) == set(NOT_OF_PEOPLE)


def test_every_sweep_of_the_night_stands_in_the_register() -> None:
    named = [sweep for entry in REGISTER for sweep in entry.sweeps]

    assert len(named) == len(set(named))
    assert set(SWEEPS) == set(named) | set(OTHER_SWEEPS)


def test_no_length_hides_in_a_statement_that_deletes() -> None:
    hidden = {
        (path.relative_to(ROOT).as_posix(), table)
        for path in sorted((ROOT / "models").rglob("*.py"))
        for table in HIDDEN.findall(path.read_text())
    }

    assert hidden == {
        ("models/access/applications.py", "application"),
        ("models/access/authorization_grants.py", "refresh_token"),  # codes that nobody fetched: within a day
        ("models/access/idempotency_keys.py", "idempotency"),
        ("models/news/staff_alerts.py", "staff_mailing"),
        ("models/servers/directory/saving.py", "territory_credit"),
        ("models/servers/directory/saving.py", "territory_strike"),
        ("models/servers/directory/saving.py", "territory_vouch"),
        ("models/store/background/heartbeats.py", "heartbeat"),
        ("models/store/background/periodic_tasks.py", "chore_trouble"),
        ("models/store/backup_runs.py", "backup_run"),
        ("models/store/health_troubles.py", "machine_trouble"),  # of the machine, of nobody
        ("models/traffic/outbound/gone_actors.py", "follow"),
    }


async def read_lengths(conn: Connection, forget: Callable[[Connection], Awaitable[int]]) -> set[object]:
    """The values with which this sweep asks the database."""
    used: set[object] = set()
    with conn.query_logger(lambda query: used.update(one for one in query.args or () if one.__hash__)):
        await forget(conn)
        await asyncio.sleep(0)  # the connection tells of queries a moment later
    return used


async def test_the_lengths_are_those_with_which_the_sweeps_ask(conn: Connection) -> None:
    """Each beside a sweep of its own entry and room, but those whose end is reckoned elsewhere."""
    unused = set()
    for entry in REGISTER:
        for length in entry.lengths.values():
            if isinstance(length, Constant) and length.path not in WRITTEN_BEFORE:
                asked = set[object]()
                for forget in [*map(SWEEPS.__getitem__, entry.sweeps), *list_others(length)]:
                    if forget.__module__.split(".")[:2] == length.path.split(".")[:2]:
                        asked |= await read_lengths(conn, forget)
                if asked.isdisjoint({length.read(PLAIN), getattr(length.module, length.name)}):
                    unused.add(length.path)

    assert unused == set()
    assert set(list_constants()) >= WRITTEN_BEFORE


def list_others(length: Constant) -> list[Callable[[Connection], Awaitable[int]]]:
    return [BY_OTHERS[length.path]] if length.path in BY_OTHERS else []


@pytest.mark.parametrize("path", sorted(list_constants()))
def test_what_is_shown_changes_with_the_constant(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    length = list_constants()[path]
    other = timedelta(days=91)
    in_weeks, in_days = path.endswith("_WEEKS"), isinstance(getattr(length.module, length.name), int)
    monkeypatch.setattr(length.module, length.name, 13 if in_weeks else 91 if in_days else other)

    shown = [one.kept for one in read_register(PLAIN, "fr", str)]

    named = [entry for entry in REGISTER if length in entry.lengths.values()]
    for entry in named:
        assert format_span(other, "fr") in shown[REGISTER.index(entry)]


def test_what_the_cooperative_chose_is_shown() -> None:
    chosen = replace(PLAIN, hold_hours=36, listing_days=45)

    words = " ".join(one.kept for one in read_register(chosen, "fr", str))

    assert "finit après 36\u00a0heures" in words
    assert "se ferme après 45\u00a0jours" in words


def test_every_length_of_an_entry_is_told() -> None:
    for entry in REGISTER:
        assert set(re.findall(r"%\((\w+)\)s", entry.kept)) == set(entry.lengths), entry.name
