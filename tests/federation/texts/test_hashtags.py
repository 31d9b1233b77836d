"""Hashtags, made, found and folded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.texts import hashtags


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("Offre", "Lomme"), "OffreLomme"),
        (("Offre", "Hénin-Beaumont"), "OffreHéninBeaumont"),
        (("Demande", "L’Isle-d’Abeau"), "DemandeLIsleDAbeau"),
        (("Service", "L'Haÿ-les-Roses"), "ServiceLHaÿLesRoses"),
        (("Offre", ""), "Offre"),
        (("vélo enfant",), "VéloEnfant"),
    ],
)
def test_a_hashtag_is_made_of_words(words: tuple[str, ...], name: str) -> None:
    assert hashtags.make_name(*words) == name


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("OffreHéninBeaumont", "offreheninbeaumont"),
        ("offre_Hénin-Beaumont", "offre_heninbeaumont"),
        ("Œuvre", "oeuvre"),
        ("DÉPANNAGEVÉLO", "depannagevelo"),
        ("e\u0301te\u0301", "ete"),
    ],
)
def test_hashtags_are_compared_without_case_and_accents(name: str, folded: str) -> None:
    assert hashtags.fold(name) == folded


def test_hashtags_are_found_in_text_each_once() -> None:
    text = "#Vélo et #velo, (#été2026) mais ni #123, ni a#b, ni https://a.example/#c, ni &#39; ; ＃plein"

    assert hashtags.find_names(text) == ("Vélo", "été2026", "plein")


@given(st.text())
def test_folding_twice_changes_nothing(name: str) -> None:
    assert hashtags.fold(hashtags.fold(name)) == hashtags.fold(name)


@given(st.text(alphabet=st.characters(categories=["L"]), min_size=1, max_size=40))
def test_a_made_hashtag_is_found_again(word: str) -> None:
    name = hashtags.make_name(word)

    assert [hashtags.fold(found) for found in hashtags.find_names(f"ici #{name} là")] == [hashtags.fold(name)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("#Vélo", "Vélo"),
        (" ＃velo_enfant", "velo_enfant"),
        ("#2026été", "2026été"),
        ("#हिन्दी", "हिन्दी"),
        ("#col·laborar", "col·laborar"),
        ("#e\u0301te\u0301", "été"),
        ("#" + "a" * 100, "a" * 100),
        ("#" + "a" * 101, None),
        ("#2026", None),
        ("#", None),
        ("___", None),
        ("#<script>alert(1)</script>", None),
        ("#deux mots", None),
        ("#porte-monnaie", None),
        ("#a\u202eb", None),
        ("#a\nb", None),
        ('#a"b', None),
    ],
)
def test_of_others_a_hashtag_has_the_characters_of_one(written: str, name: str | None) -> None:
    assert hashtags.read_name(written) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("#Vélo", "Vélo"),
        (" ＃velo_enfant ", "velo_enfant"),
        ("a" * 100, "a" * 100),
        ("a" * 101, None),
        ("e\u0301" * 100, "é" * 100),
        ("#" * 399 + "a", "a"),
        ("#" * 400 + "a", None),
        ("2026", None),
        ("#", None),
        ("deux mots", None),
    ],
)
def test_the_name_that_another_server_gives_is_read_within_bounds(written: str, name: str | None) -> None:
    assert hashtags.read_name(written) == name
