"""The words of a listing as timelines show them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from federation.documents.serialize import to_json
from federation.texts.html_cleaner import clean, to_text
from outbox.builders.objects.content import build_listing_tags, list_names
from outbox.builders.objects.proposal import build_proposal
from outbox.builders.texts.wording import write_facts, write_money
from tests.outbox.sample_people import ALICE, SITE, content_of, listing

NBSP = "\u00a0"


def lines(**changes: Any) -> list[str]:
    return to_text(content_of(listing(**changes))).split("\n\n")


def test_the_title_comes_first_then_text_facts_and_hashtags() -> None:
    assert lines() == [
        f"🎁 Don{NBSP}: Vélo enfant 16 pouces",
        "Freins refaits, à venir chercher.",
        "📍 Lomme · bon état · voir et répondre",
        "#Offre #Vélo #Lomme #OffreLomme",
    ]


def test_a_subcategory_of_ours_is_one_more_hashtag_beside_the_shared_category() -> None:
    own: dict[str, Any] = {
        "category": "camping",
        "subcategory": "camping.tentes-de-toit",
        "subcategory_label": "Tentes de toit",
    }

    assert lines(**own)[-1] == "#Offre #Camping #TentesDeToit #Lomme #OffreLomme"
    written = to_json(build_proposal(SITE, ALICE, listing(**own)))
    assert written["publishes"]["resourceConformsTo"] == "https://w3id.org/declic/cat#camping"


def test_a_listing_in_english_is_said_in_english() -> None:
    assert lines(mode="loan", deposit=Decimal(50), post={"language": "en"})[::2] == [
        "🔁 Loan: Vélo enfant 16 pouces",
        "📍 Lomme · good condition · deposit €50 · see and answer",
    ]


def test_html_in_what_people_type_is_text() -> None:
    html = content_of(listing(title="<img src=x> & co", wants="<b>", place_name="<i>Lomme"))

    assert "<img" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;img src=x&gt; &amp; co" in html


def test_the_content_is_made_of_what_every_reader_keeps() -> None:
    html = content_of(listing())

    assert to_text(clean(html)) == to_text(html)
    assert clean(html).count("<a ") == html.count("<a ")


def test_a_long_text_is_cut_between_two_words() -> None:
    description = f"<p>{'mot ' * 200}#Fin</p>"

    text = lines(description=description)[1]

    assert len(text) <= 501
    assert text.endswith("mot…")


def test_a_hashtag_that_stands_in_the_text_is_not_said_again() -> None:
    typed = "<p>Un #velo pour #lomme et #OffreLomme</p>"

    assert lines(description=typed)[-1] == "#Offre"
    assert len(lines(description=f"{typed}<p>#offre</p>")) == 4
    assert [tag.tag for tag in build_listing_tags(listing(description=typed).details)] == [
        *("offre", "velo", "lomme", "offrelomme")
    ]


def test_a_hashtag_that_was_cut_off_is_said_after_all() -> None:
    assert lines(description=f"<p>{'mot ' * 200}#Lomme</p>")[-1] == "#Offre #Vélo #Lomme #OffreLomme"


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, ("Offre", "Vélo", "Lomme", "OffreLomme")),
        ({"mode": "service", "category": "cours-mecanique"}, ("Service", "MécaniqueVélo", "Lomme", "ServiceLomme")),
        ({"kind": "request"}, ("Demande", "Vélo", "Lomme", "DemandeLomme")),
        ({"place_name": "Hénin-Beaumont"}, ("Offre", "Vélo", "HéninBeaumont", "OffreHéninBeaumont")),
        ({"place_name": "Lyon 7e (Guillotière)"}, ("Offre", "Vélo", "Lyon7e", "OffreLyon7e")),
        ({"place_name": None, "category": None}, ("Offre",)),
        (
            {"kind": "repair_call", "mode": "repair", "category": "velo-reparation"},
            ("DépannageVélo", "Lomme", "DépannageVéloLomme"),
        ),
    ],
)
def test_hashtags_are_kind_category_commune_and_both(changes: dict[str, Any], own: tuple[str, ...]) -> None:
    assert list_names(listing(**changes).details) == (own, ())


def test_hashtags_that_are_typed_count_once() -> None:
    value = listing(description="<p>Pour #velo et #remorque, aussi #Remorque.</p>")

    html, tags = content_of(value), build_listing_tags(value.details)

    assert [tag.name for tag in tags] == ["Offre", "Vélo", "Lomme", "OffreLomme", "remorque"]
    assert [tag.tag for tag in tags][1] == "velo"
    assert html.count("OffreLomme") == 1


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (None, None, []),
        (datetime(2026, 5, 1, 8, tzinfo=UTC), None, ["à partir du 1er mai"]),
        (None, datetime(2026, 8, 30, 8, tzinfo=UTC), ["jusqu’au 30 août"]),
        (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 30, 8, tzinfo=UTC), ["du 1er mai au 30 juin"]),
        (datetime(2026, 11, 28, 7, tzinfo=UTC), datetime(2026, 11, 28, 12, tzinfo=UTC), ["le 28 novembre"]),
        (datetime(2026, 11, 27, 23, 30, tzinfo=UTC), datetime(2026, 11, 28, 12, tzinfo=UTC), ["le 28 novembre"]),
    ],
)
def test_a_window_is_said_in_days_of_here(begins: datetime | None, ends: datetime | None, said: list[str]) -> None:
    assert write_facts(listing(condition=None, begins_at=begins, ends_at=ends).details, "fr") == said


def test_a_call_says_what_a_repairer_asks_first() -> None:
    repair = {"rideable": False, "urgency": "Today", "travel_km": 3, "part": "rayon <b>", "reward": "free-price"}
    details = listing("repair_call", "repair", condition=None, repair=repair).details

    assert write_facts(details, "fr") == [
        "le vélo ne roule pas",
        "aujourd’hui",
        f"peut venir jusqu’à 3{NBSP}km",
        "pièce : rayon <b>",
        "prix libre",
    ]
    assert write_facts(details, "en")[0] == "the bike does not roll"
    assert "rayon &lt;b&gt;" in content_of(listing("repair_call", "repair", condition=None, repair=repair))
    foreign = {"rideable": None, "urgency": "Someday", "travel_km": 0, "part": "", "reward": "gold"}
    assert write_facts(listing("repair_call", "repair", condition=None, repair=foreign).details, "fr") == []


def test_every_month_has_its_name() -> None:
    for month in range(1, 13):
        day = datetime(2026, month, 15, 12, tzinfo=UTC)
        assert write_facts(listing(condition=None, ends_at=day).details, "en") == [f"until 15 {day:%B}"]


def test_money_is_written_as_the_language_has_it() -> None:
    assert write_money(Decimal(25), "fr") == f"25{NBSP}€"
    assert write_money(Decimal("12.5"), "fr") == f"12,50{NBSP}€"
    assert write_money(Decimal("12.5"), "en") == "€12.50"


@pytest.mark.parametrize(
    ("kind", "title", "first"),
    [
        ("request", "Cherche diable et sangles", "🙏 Cherche diable et sangles"),
        ("request", "Je cherche un diable", "🙏 Je cherche un diable"),
        ("request", "Recherche un diable", "🙏 Recherche un diable"),
        ("request", "Chercheur de trésor en bois", f"🙏 Cherche{NBSP}: Chercheur de trésor en bois"),
        ("offer", "Don de plants", "🎁 Don de plants"),
        ("offer", "Donjon en carton", f"🎁 Don{NBSP}: Donjon en carton"),
    ],
)
def test_a_title_that_says_the_kind_says_it_once(kind: str, title: str, first: str) -> None:
    assert lines(kind=kind, title=title)[0] == first


def test_five_hundred_characters_are_shown_and_of_more_the_words_before() -> None:
    first, second = "a" * 250, "b" * 248

    assert lines(description=f"<p>{first} {second}b</p>")[1] == f"{first} {second}b"
    assert lines(description=f"<p>{first} {second}, c</p>")[1] == f"{first}…"
    assert lines(description=f"<p>{first} {second} cc</p>")[1] == f"{first} {second}…"
    assert lines(description=f"<p>{first} {second}bbb</p>")[1] == f"{first}…"
