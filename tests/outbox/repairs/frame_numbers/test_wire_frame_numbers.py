"""What cooperatives ask and answer about a frame number: exactly these documents, which say the same when read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from federation.documents.serialize import to_json
from federation.errors import Malformed
from federation.vocabulary.stolen_bikes import (
    StolenBikeAnswer,
    StolenBikeInquiry,
    read_answer,
    read_inquiry,
)
from models.store.database import Connection
from outbox.people.profiles import describe_actor
from tests.factories import HERE, make_local_actor
from tests.frame_numbers import NUMBER, question
from tests.golden import normalize, require_golden

INQUIRY = StolenBikeInquiry(
    id="urn:uuid:6f3a1c52-0000-4000-8000-00000000abcd",
    actor="https://henin.test/users/instance",
    published=datetime(2026, 11, 29, 9, tzinfo=UTC),
    frame_number=NUMBER,
    contact="bob@henin.test",
)


def test_the_question_and_its_answer() -> None:
    answer = StolenBikeAnswer(in_reply_to=INQUIRY.id, stolen=True)

    asked, told = normalize([to_json(INQUIRY), to_json(answer)])

    require_golden("declic/repairs/stolen-bike-inquiry", asked)
    require_golden("declic/repairs/stolen-bike-answer", told)
    assert read_inquiry(to_json(INQUIRY)) == INQUIRY
    assert read_answer(to_json(answer)) == answer


def test_the_number_is_not_in_what_is_logged_of_it() -> None:
    assert NUMBER not in repr(INQUIRY)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Note"},
        {"id": None},
        {"id": "https://henin.test/1"},
        {"published": "demain"},
        {"frameNumber": None},
        {"frameNumber": "K4471"[:4]},
        {"frameNumber": "wtu128k4471"},
        {"frameNumber": "WTU 128"},
        {"frameNumber": "W" * 41},
        {"frameNumber": [{"@value": "W"}]},
        {"contact": "bob"},
        {"contact": "<b>@henin.test"},
        {"actor": None},
    ],
)
def test_what_is_no_question_is_refused_without_telling_the_number(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as refused:
        read_inquiry(question(**changes))

    assert NUMBER not in str(refused.value)


@pytest.mark.parametrize("changes", [{"type": "Note"}, {"stolen": "peut-être"}, {"stolen": None}, {"inReplyTo": None}])
def test_what_is_neither_yes_nor_no_is_none(changes: dict[str, object]) -> None:
    told = {"type": "StolenBikeAnswer", "inReplyTo": INQUIRY.id, "stolen": False} | changes

    with pytest.raises(Malformed):
        read_answer(told)


async def test_the_cooperative_says_where_its_friends_ask(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    shop = await make_local_actor(conn, "atelier", type="Organization")

    told = [(await describe_actor(conn, HERE, one)).stolen_bikes for one in (coop, shop)]

    assert told == [f"{HERE.url}/users/coop/stolen_bikes", None]
