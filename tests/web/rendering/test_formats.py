"""Dates, distances, prices and spaces, as a reader in France expects them."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from web.rendering import formats
from web.rendering.templating import make_translators

TODAY = date(2026, 11, 24)


def test_an_hour_out_of_a_form_is_told_like_any_other() -> None:
    told = [formats.format_typed_hour(typed, "fr") for typed in ("13:00", "09:30", "midi")]

    assert told == ["13\u00a0h", "9\u00a0h\u00a030", "midi"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Où êtes-vous ?", "Où êtes-vous\u202f?"),
        ("« Tente »", "«\u202fTente\u202f»"),
        ("Attention : vite !", "Attention\u00a0: vite\u202f!"),
        ("Un ; deux", "Un\u202f; deux"),
        ("À moins de 5 km, entre 21 h et 8 h.", "À moins de 5\u00a0km, entre 21\u00a0h et 8\u00a0h."),
        ("%(size)s Mo, 12 % de plus", "%(size)s\u00a0Mo, 12\u00a0% de plus"),
        ("%(count)s %% d’habitude", "%(count)s\u00a0%% d’habitude"),
        ("%(name)s m’a dit : 3 heures, 4 mois", "%(name)s m’a dit\u00a0: 3 heures, 4 mois"),
        ("https://lomme.test/?q=a", "https://lomme.test/?q=a"),
    ],
)
def test_french_spaces_never_break(text: str, shown: str) -> None:
    assert formats.set_french_spaces(text) == shown


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2026, 12, 5), "samedi 5 décembre", "Saturday 5 December"),
        (date(2027, 5, 1), "samedi 1er mai 2027", "Saturday 1 May 2027"),
    ],
)
def test_days_are_in_words_with_their_year_when_it_is_another(day: date, french: str, english: str) -> None:
    assert formats.format_day(day, "fr", today=TODAY) == french
    assert formats.format_day(day, "en_GB", today=TODAY) == english


def test_days_are_those_of_paris() -> None:
    late = datetime(2026, 12, 4, 23, 30, tzinfo=UTC)

    assert formats.format_short_day(late, "fr", today=TODAY) == "5 décembre"
    assert formats.format_moment(datetime(2026, 7, 4, 12, 0, tzinfo=UTC), "fr").endswith("14\u00a0h")


def test_span_says_its_year_once() -> None:
    start, end = datetime(2027, 5, 1, tzinfo=UTC), datetime(2027, 6, 30, tzinfo=UTC)

    assert formats.format_start(start, end, "fr") == "1er mai"


@pytest.mark.parametrize(
    ("first", "last", "language", "said"),
    [
        ((2027, 5, 1), (2027, 5, 7), "fr", "1er"),
        ((2027, 5, 23), (2027, 5, 29), "fr", "23"),
        ((2027, 5, 23), (2027, 5, 29), "en", "23"),
        ((2027, 5, 31), (2027, 6, 6), "fr", "31 mai"),
        ((2026, 5, 31), (2027, 5, 31), "fr", "31 mai 2026"),
        ((2027, 5, 3), (2027, 5, 3), "fr", "3 mai"),
    ],
)
def test_span_in_one_month_says_its_month_once(
    first: tuple[int, int, int], last: tuple[int, int, int], language: str, said: str
) -> None:
    start, end = datetime(*first, tzinfo=UTC), datetime(*last, 12, tzinfo=UTC)

    assert formats.format_start(start, end, language) == said


def test_age_is_in_words_and_never_in_the_future() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    assert formats.format_age(now - timedelta(hours=2), "fr", now=now) == "il y a 2 heures"
    assert formats.format_age(now + timedelta(minutes=5), "fr", now=now) == "il y a 1 seconde"


@pytest.mark.parametrize(
    ("metres", "shown"),
    [(120, "500 m"), (840, "800 m"), (1500, "1,5 km"), (2960, "3 km"), (24_210, "24 km"), (1_234_000, "1\u202f234 km")],
)
def test_distances_are_no_finer_than_the_blur(metres: float, shown: str) -> None:
    assert formats.format_distance(metres, "fr") == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [(Decimal("12.00"), "12\u00a0€", "€12"), (Decimal("12.5"), "12,50\u00a0€", "€12.50")],
)
def test_prices_have_cents_only_where_there_are_any(amount: Decimal, french: str, english: str) -> None:
    assert formats.format_price(amount, "EUR", "fr") == french
    assert formats.format_price(amount, None, "en_GB") == english


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_line_ends_between_a_figure_and_its_unit(language: str) -> None:
    translate, choose = make_translators(language)
    sentences = [translate("Me prévenir des pannes à moins de 5 km"), translate("à %(km)s km")]

    assert all(re.search(r"(?:5|\)s)\u00a0km", one) for one in sentences)
    assert "\u00a0€" in formats.format_price(Decimal(1000), "EUR", "fr")
    assert not re.search(r"\d ", formats.format_price(Decimal("1234.5"), "EUR", "fr"))
    assert choose("%(count)s point", "%(count)s points", 2)


@pytest.mark.parametrize(
    ("place", "at"),
    [
        ("Lomme", "À Lomme"),
        ("Le Havre", "Au Havre"),
        ("Les Andelys", "Aux Andelys"),
        ("Lens", "À Lens"),
        ("La Rochelle", "À La Rochelle"),
        ("Val-de-Reuil", "À Val-de-Reuil"),
        ("Métropole Européenne de Lille", "Dans la Métropole Européenne de Lille"),
        ("la Métropole de Lille", "Dans la Métropole de Lille"),
        ("Pays de Mormal", "Dans le Pays de Mormal"),
        ("Le Grand Reims", "Dans le Grand Reims"),
        ("Agglomération du Choletais", "Dans l’Agglomération du Choletais"),
        ("Hénin-Carvin", "À Hénin-Carvin"),
    ],
)
def test_places_contract_with_their_article(place: str, at: str) -> None:
    assert formats.format_at(place, "fr") == at


@pytest.mark.parametrize(
    ("name", "to"),
    [("La Remise", "à La Remise"), ("Le Fil", "au Fil"), ("Coop de Lomme", "à la Coop de Lomme"), ("Lens", "à Lens")],
)
def test_a_cooperative_contracts_with_its_article_in_french_alone(name: str, to: str) -> None:
    assert formats.format_to(name, "fr") == to
    assert formats.format_to(name, "en") == name


def test_lines_are_broken_and_everything_else_is_escaped() -> None:
    assert formats.break_lines("a\n<b>") == "a<br>&lt;b&gt;"


@pytest.mark.parametrize(
    ("iso", "french", "english"),
    [
        ("P10D", "10 jours", "10 days"),
        ("P1D", "1 jour", "1 day"),
        ("P6M", "6 mois", "6 months"),
        ("P1Y", "1 an", "1 year"),
        ("P3W", "3 semaines", "3 weeks"),
        ("PT2H30M", "2 heures, 30 minutes", "2 hours, 30 minutes"),
        ("P1M15D", "1 mois, 15 jours", "1 month, 15 days"),
        ("une semaine", "une semaine", "une semaine"),
        ("P0D", "P0D", "P0D"),
        ("", "", ""),
    ],
)
def test_how_long_something_lasts_is_said_in_words(iso: str, french: str, english: str) -> None:
    assert formats.format_lasting(iso, "fr").replace("\u00a0", " ") == french
    assert formats.format_lasting(iso, "en_GB").replace("\u00a0", " ") == english
