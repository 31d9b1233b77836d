"""What others receive of what was put away, and of what comes back, against files."""

from dataclasses import replace

import pytest

from federation.documents.serialize import to_json
from outbox.builders.objects.person import build_actor
from outbox.builders.objects.proposal import build_proposal
from outbox.builders.objects.withheld import build_withheld_note, build_withheld_proposal
from tests.golden import require_golden
from tests.outbox.sample_people import ALICE, LATER, SITE, actor, listing, picture, post


def test_a_listing_that_was_put_away_is_paused_and_says_nothing_of_itself() -> None:
    held = listing(mode="loan", price=None, deposit=None, first_come=True)
    held = replace(held, post=replace(held.post, hidden_at=LATER, audience="author", hidden_audience="network"))

    written = to_json(build_withheld_proposal(SITE, ALICE, held))

    require_golden("declic/hidden-listing", written)
    for secret in ("Vélo", "Freins", "50.64", "velo-enfant", "Hashtag", "Image"):
        assert secret not in str(written)
    assert "Paused" in str(written) and "Lomme" in str(written)


def test_a_listing_that_comes_back_is_as_before_with_its_photo() -> None:
    before = to_json(build_proposal(SITE, ALICE, listing(mode="loan"), [picture()]))

    back = to_json(build_proposal(SITE, ALICE, listing(mode="loan", post={"updated_at": LATER}), [picture()]))

    require_golden("declic/shown-listing", back)
    assert back.pop("updated") == "2026-11-24T17:41:00Z"
    assert back == before


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Retiré pour le moment."), ("en", "Withdrawn for the time being.")],
)
def test_a_note_that_was_put_away_says_so_in_its_language(language: str, words: str) -> None:
    held = post(content="<p>Honte à toi</p>", warning="Attention", sensitive=True, hidden_at=LATER, language=language)

    written = to_json(build_withheld_note(SITE, ALICE, held))

    assert written["content"] == f"<p>{words}</p>"
    assert (written["sensitive"], "summary" in written, "Honte" in str(written)) == (False, False, False)
    if language == "fr":
        require_golden("declic/hidden-note", written)


def test_what_was_edited_while_hidden_is_newer_still() -> None:
    edited = post(hidden_at=LATER, updated_at=LATER)

    assert build_withheld_note(SITE, ALICE, edited).updated > LATER  # type: ignore[operator]  # it was edited


def test_a_suspended_actor_is_exactly_this() -> None:
    member = actor(suspended_at=LATER, summary="<p>x</p>", fields=[{"name": "a", "value": "b"}], place_name="Lomme")

    require_golden("declic/suspended-actor", to_json(build_actor(SITE, member, [])))
