"""What each answer means for a delivery (HT5)."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.http_client.answers import Answer
from models.traffic.outbound.deliveries import Delivery
from outbox.traffic.outcomes import Delivered, Outcome, RetryLater, RetryPersonalInbox, Undeliverable, judge

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def make_delivery(*, personal_inbox: str | None = "https://henin.test/users/bob/inbox", attempts: int = 0) -> Delivery:
    """A delivery to the shared inbox of a server, or with None to a personal one."""
    return Delivery(
        id=1,
        activity_id=1,
        actor_id=1,
        inbox="https://henin.test/inbox",
        personal_inbox=personal_inbox,
        host="henin.test",
        private=False,
        priority=1,
        attempts=attempts,
        created_at=START,
        public=True,
        body="{}",
        said_at=START,
    )


def judge_status(status: int | None, *, delivery: Delivery | None = None, at: datetime = START) -> Outcome:
    """What follows from this status."""
    return judge(delivery or make_delivery(), Answer(status=status), at=at, chance=0.5)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_ht05_every_2xx_is_an_arrival(status: int) -> None:
    assert isinstance(judge_status(status), Delivered)


@pytest.mark.parametrize("status", [None, 401, 408, 425, 429, 500, 502, 503, 504, 301])
def test_ht05_what_may_pass_is_tried_again(status: int | None) -> None:
    outcome = judge_status(status)

    assert isinstance(outcome, RetryLater)
    assert outcome.due_at == START + timedelta(seconds=15)


@pytest.mark.parametrize(("status", "failing"), [(None, True), (503, True), (401, False), (429, False)])
def test_ht07_only_trouble_of_the_host_counts_against_it(status: int | None, failing: bool) -> None:
    outcome = judge_status(status)

    assert isinstance(outcome, RetryLater) and outcome.failing is failing


@pytest.mark.parametrize("status", [404, 410])
def test_ht05_a_missing_shared_inbox_leads_to_the_personal_one(status: int) -> None:
    assert isinstance(judge_status(status), RetryPersonalInbox)


@pytest.mark.parametrize("status", [404, 410])
def test_ht05_a_missing_personal_inbox_is_the_end(status: int) -> None:
    outcome = judge_status(status, delivery=make_delivery(personal_inbox=None))

    assert isinstance(outcome, Undeliverable) and outcome.missing


@pytest.mark.parametrize("status", [400, 403, 405, 413, 415, 422])
def test_ht05_other_refusals_are_final(status: int) -> None:
    outcome = judge_status(status)

    assert isinstance(outcome, Undeliverable) and not outcome.missing


def test_ht06_a_host_is_left_alone_for_as_long_as_it_says() -> None:
    answer = Answer(status=429, retry_after=3600)

    outcome = judge(make_delivery(), answer, at=START, chance=0.5)

    assert isinstance(outcome, RetryLater) and outcome.due_at == START + timedelta(hours=1)


def test_ht06_after_ten_days_it_is_given_up_with_its_cause() -> None:
    answer = Answer(status=None, error="The certificate of henin.test has expired.")

    outcome = judge(make_delivery(attempts=15), answer, at=START + timedelta(days=10), chance=0.5)

    assert isinstance(outcome, Undeliverable) and outcome.error == "The certificate of henin.test has expired."
