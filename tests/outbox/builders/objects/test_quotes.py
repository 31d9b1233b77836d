"""Who may quote a post and what it quotes, as posts and requests say it (FEP-044f)."""

from dataclasses import replace

import pytest

from federation.vocabulary.objects import Note
from models.posts.quotes.quote_policies import QuoteParts, QuotePolicy
from outbox.builders.objects.note import build_note
from outbox.builders.objects.quotes import add_quotes, build_quote_request
from tests.outbox.sample_people import ALICE, BOB, PUBLIC, SITE, post

FOLLOWERS = f"{ALICE.uri}/followers"


def write(*to: str) -> Note:
    """A note of Alice's for these."""
    return build_note(SITE, ALICE, post(content="<p>À lire !</p>", to_uris=list(to), cc_uris=[]))


@pytest.mark.parametrize(
    ("policy", "followers_uri", "approved"),
    [
        ("public", FOLLOWERS, PUBLIC),
        ("followers", FOLLOWERS, FOLLOWERS),
        ("followers", None, ALICE.uri),
        ("nobody", FOLLOWERS, ALICE.uri),
    ],
)
def test_a_public_post_says_who_may_quote_it(policy: QuotePolicy, followers_uri: str | None, approved: str) -> None:
    author = replace(ALICE, followers_uri=followers_uri)

    assert add_quotes(author, write(PUBLIC), QuoteParts(policy=policy)).can_quote == (approved,)


def test_nobody_quotes_what_is_not_for_everybody() -> None:
    note = write(FOLLOWERS)

    assert add_quotes(ALICE, note, QuoteParts()) == note


def test_what_it_quotes_stands_before_its_words_and_no_address_breaks_out_of_them() -> None:
    parts = QuoteParts(quoted_uri="https://a.test/1", quoted_url='https://a.test/?"><b>&', stamp_uri="https://a.test/s")

    note = add_quotes(ALICE, write(PUBLIC), parts)

    address = "https://a.test/?&quot;&gt;&lt;b&gt;&amp;"
    line = f'<p class="quote-inline">RE: <a href="{address}">{address}</a></p>'
    assert note.content == f"{line}<p>À lire !</p>"
    assert (note.quote, note.quote_stamp) == ("https://a.test/1", "https://a.test/s")


@pytest.mark.parametrize(("to", "whole"), [(PUBLIC, True), (FOLLOWERS, False)])
def test_whoever_is_asked_reads_the_note_only_where_everybody_may(to: str, whole: bool) -> None:
    note = write(to)

    request = build_quote_request(SITE, ALICE, note, f"{BOB.uri}/notes/1", BOB.uri)

    assert request.instrument == (note if whole else note.id)
    assert (request.object, request.to) == (f"{BOB.uri}/notes/1", (BOB.uri,))
