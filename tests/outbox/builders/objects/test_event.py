"""A meeting as others receive it, and all that is said about coming to it, against one file each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.documents.serialize import Serializable, to_json
from federation.vocabulary.activities.participation import Join
from models.listings.listings import ListingDetails
from models.meetings.meetings import FullMeeting, Meeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import Wish
from models.moments import PARIS
from outbox.builders.activities.accept import build_accept_of_join
from outbox.builders.activities.join import build_join, build_leave
from outbox.builders.activities.reject import build_reject_of_join
from outbox.builders.activities.tentative_accept import build_tentative_accept
from outbox.builders.objects.event import Attendance, build_event, build_meeting_content
from outbox.builders.objects.withheld import build_withheld_event
from outbox.builders.texts.meetings import REASONS, write_when
from tests.golden import require_golden
from tests.outbox.sample_people import ALICE, BOB, PUBLIC, SITE, UUID, actor, listing, picture, post

COOP = actor("coop", type="Organization")
BEGINS = datetime(2026, 12, 12, 14, tzinfo=PARIS)


def make(*, details: dict[str, Any] | None = None, **changes: Any) -> FullMeeting:
    """A repair café on a Saturday in December."""
    values: dict[str, Any] = {"begins_at": BEGINS, "ends_at": BEGINS + timedelta(hours=4)}
    held = post(
        "listing",
        uri=f"{COOP.uri}/items/{UUID}",
        url=f"{SITE.url}/rencontres/{UUID}",
        to_uris=[PUBLIC],
        cc_uris=[COOP.followers_uri],
    )
    shown = ListingDetails(
        kind="offer",
        mode="other",
        title="Café réparation",
        description="<p>Venez avec ce qui ne marche plus.</p>",
        place_name="Lomme",
        postcode="59160",
        latitude=50.64,
        longitude=2.98765,
        meeting=True,
        **values,
    )
    meeting = Meeting(
        post_id=1,
        venue="Salle du Marais",
        street="3 rue du Lin",
        registration="everybody",
        capacity=18,
        **values,
    )
    return FullMeeting(
        listing=replace(listing(), post=held, details=replace(shown, **(details or {}))),
        meeting=replace(meeting, **changes),
    )


def list_times(*days: int) -> list[Occurrence]:
    return [
        Occurrence(
            id=number,
            meeting_id=1,
            recurs_at=(BEGINS + timedelta(days=day)).astimezone(UTC),
            begins_at=(BEGINS + timedelta(days=day)).astimezone(UTC),
            ends_at=(BEGINS + timedelta(days=day, hours=4)).astimezone(UTC),
            cancelled=number == 1,
        )
        for number, day in enumerate(days)
    ]


JOIN = Join(
    id=f"{BOB.uri}/activities/{UUID}",
    actor=BOB.uri,
    object=f"{COOP.uri}/items/{UUID}",
    content="Un grille-pain",
    people=2,
    recurs_at=BEGINS.astimezone(UTC),
    to=(COOP.uri,),
)

GOLDEN: dict[str, Serializable] = {
    "event": build_event(SITE, COOP, make(), Attendance(taken=11, coming=list_times(0)), [picture()]),
    "event-repeated": build_event(
        SITE, COOP, make(rrule="FREQ=MONTHLY;BYDAY=2SA"), Attendance(taken=2, coming=list_times(0, 28, 63))
    ),
    "event-cancelled": build_event(
        SITE, COOP, make(status="cancelled", details={"status": "cancelled"}), Attendance(taken=11)
    ),
    "event-elsewhere": build_event(
        SITE, COOP, make(registration="external", external_url="https://inscription.example/"), Attendance()
    ),
    "event-hidden": build_withheld_event(SITE, COOP, make()),
    "join": build_join(
        SITE,
        ALICE,
        "https://henin.example/users/coop/items/1",
        BOB,
        Wish(people=2, message="Une lampe", recurs_at=BEGINS.astimezone(UTC)),
    ),
    "leave": build_leave(SITE, ALICE, "https://henin.example/users/coop/items/1", BOB, None),
    "accept": build_accept_of_join(SITE, COOP, JOIN),
    "tentative-accept": build_tentative_accept(SITE, COOP, JOIN, 3),
    "reject": build_reject_of_join(SITE, COOP, JOIN, REASONS["meeting_full"]),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_what_is_said_of_meetings(name: str) -> None:
    [document] = normalize_ids(to_json(GOLDEN[name]))

    require_golden(f"declic/meetings/{name}", document)


def normalize_ids(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The fresh id of an activity is that of the sample; moments stand as they are."""
    id = str(document["id"])
    if "/activities/" in id:
        document = document | {"id": f"{id.rpartition('/')[0]}/{UUID}"}
    return [document]


def test_gancio_reads_the_first_attachment_as_a_picture_and_insists_on_a_media_type() -> None:
    document = to_json(GOLDEN["event"])

    assert [attachment["mediaType"].partition("/")[0] for attachment in document["attachment"]] == ["image"]
    assert all(tag["name"].startswith("#") for tag in document["tag"])
    assert all(document[name] for name in ("id", "name", "startTime"))


def test_mobilizon_insists_on_decimals() -> None:
    place = to_json(build_event(SITE, COOP, make(details={"latitude": 50.0}), Attendance()))["location"]

    assert isinstance(place["latitude"], float)
    assert isinstance(place["longitude"], float)


def test_our_timelines_show_the_day_and_the_place() -> None:
    full = make()

    content = build_meeting_content(SITE, full.listing.details, full.meeting, url="https://a.test/", language="fr")

    assert "samedi 12 décembre 2026, de 14\xa0h à 18\xa0h" in content
    assert "Salle du Marais, 3 rue du Lin, Lomme" in content


@pytest.mark.parametrize(
    ("ends_at", "language", "words"),
    [
        (None, "fr", "samedi 12 décembre 2026, à 14\xa0h"),
        (None, "en", "Saturday 12 December 2026, 14:00"),
        (BEGINS + timedelta(minutes=90), "fr", "samedi 12 décembre 2026, de 14\xa0h à 15\xa0h\xa030"),
        (
            BEGINS + timedelta(days=1),
            "fr",
            "du samedi 12 décembre 2026, 14\xa0h, au dimanche 13 décembre 2026, 14\xa0h",
        ),
        (BEGINS + timedelta(hours=4), "en", "Saturday 12 December 2026, 14:00 to 18:00"),
    ],
)
def test_when_it_is(ends_at: datetime | None, language: str, words: str) -> None:
    assert write_when(BEGINS, ends_at, "Europe/Paris", language) == words
