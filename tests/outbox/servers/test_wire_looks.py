"""What cooperatives ask and tell when one looks at the other: exactly these documents, and nothing of a stranger's."""

from datetime import UTC, datetime
from typing import Any

import pytest

from federation.documents.serialize import to_json
from federation.errors import Cause, Malformed
from federation.vocabulary.activities.activity_readers import read_activity
from federation.vocabulary.looks import (
    MOST_ADDRESSES,
    LookReport,
    LookRequest,
    Seen,
    Sight,
    read_report,
    read_request,
)
from models.store.database import Connection
from outbox.builders.activities.view import build_visit
from outbox.people.profiles import describe_actor
from tests.factories import HERE, make_local_actor
from tests.golden import normalize, require_golden

REQUEST = LookRequest(
    id="urn:uuid:6f3a1c52-0000-4000-8000-00000000abcd",
    actor="https://lomme.test/users/instance",
    published=datetime(2026, 11, 29, 9, tzinfo=UTC),
)

REPORT = LookReport(
    in_reply_to=REQUEST.id,
    addresses=("203.0.113.7", "2001:db8::7"),
    seen=(
        Seen(check=Sight.NAME, well=True),
        Seen(check=Sight.IPV4, well=True),
        Seen(check=Sight.IPV6, well=False, cause=Cause.CONNECTION_REFUSED),
        Seen(check=Sight.CERTIFICATE, well=True, figure=61),
        Seen(check=Sight.CLOCK, well=True, figure=-2),
        Seen(check=Sight.WEBFINGER, well=True),
        Seen(check=Sight.ACTOR, well=True),
        Seen(check=Sight.SIGNATURE, well=True),
        Seen(check=Sight.INBOX, well=False, cause=Cause.SIGNATURE_REFUSED, figure=401),
    ),
)


def test_the_question_its_answer_and_the_visit() -> None:
    visit = build_visit(HERE, "https://henin.test/users/coop", datetime.now(UTC))

    asked, told, came = normalize([to_json(REQUEST), to_json(REPORT), to_json(visit)])

    require_golden("declic/looks/look-request", asked)
    require_golden("declic/looks/look-report", told)
    require_golden("declic/looks/view", came)
    assert read_request(to_json(REQUEST)) == REQUEST
    assert read_report(to_json(REPORT)) == REPORT
    assert read_activity(to_json(visit)).object == "https://henin.test/users/coop"  # type: ignore[union-attr]  # an activity was read


@pytest.mark.parametrize(
    "changes", [{"type": "Note"}, {"id": None}, {"id": "https://lomme.test/1"}, {"published": "demain"}, {"actor": 7}]
)
def test_what_is_no_question_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_request(to_json(REQUEST) | changes)


@pytest.mark.parametrize("changes", [{"type": "Note"}, {"inReplyTo": None}])
def test_what_is_no_report_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_report(to_json(REPORT) | changes)


@pytest.mark.parametrize("seen", [None, 7, "x", {}, ["x"], [[]], [{}], [{"check": "poll"}], [{"check": {"a": 1}}]])
def test_of_what_is_not_known_nothing_is_read(seen: Any) -> None:
    assert read_report(to_json(REPORT) | {"seen": seen}).seen == ()


def test_no_word_of_the_other_server_is_kept_and_no_list_is_without_end() -> None:
    hostile: dict[str, Any] = {
        "addresses": [
            *("<script>", "javascript:1", 7, None, "2001:db8::7%<b>\x1b[31m", "2001:db8::7%eth0"),
            *("203.0.113.7", "0" * 46 + "::1", *["203.0.113.8"] * 1000),
        ],
        "seen": [
            {"check": "inbox", "well": "peut-être", "cause": "<b>" * 9999, "figure": 10**30, "name": "<script>"},
            {"check": "inbox", "well": True, "figure": 202},
            *[{"check": "clock", "well": False, "figure": float(number)} for number in range(5000)],
        ],
        "name": "<script>alert(1)</script>",
    }

    read = read_report(to_json(REPORT) | hostile)

    assert read.addresses == ("203.0.113.7",) and MOST_ADDRESSES == 8
    assert read_report(to_json(REPORT) | {"addresses": ["::1"] * 99}).addresses == ("::1",) * MOST_ADDRESSES
    assert read.seen == (Seen(check=Sight.CLOCK, well=False, figure=0), Seen(check=Sight.INBOX, well=None))
    assert "script" not in str(to_json(read))


async def test_the_cooperative_says_where_its_friends_ask(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    shop = await make_local_actor(conn, "atelier", type="Organization")

    told = [(await describe_actor(conn, HERE, one)).looks for one in (coop, shop)]

    assert told == [f"{HERE.url}/users/coop/looks", None]
