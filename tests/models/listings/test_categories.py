"""The tree of categories: every part of it can be found, named, tagged and shared."""

import re

import pytest

from models.listings import categories
from models.listings.categories import BRANCH_LABELS, CATEGORIES, OTHER, PREFIX


def test_slugs_are_unique_and_fit_an_iri() -> None:
    slugs = [category.slug for category in CATEGORIES]

    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)


def test_the_tree_has_two_levels_within_one_branch() -> None:
    for category in CATEGORIES:
        wider = categories.find(category.parent) if category.parent else None

        assert category.parent is None or (wider and wider.parent is None and wider.branch == category.branch)


def test_every_category_is_named_in_both_languages_and_has_a_hashtag() -> None:
    for category in CATEGORIES:
        assert category.label("fr") and category.label("en")
        assert re.fullmatch(r"\w+", category.hashtag)


@pytest.mark.parametrize(
    "slug",
    # those that listings on the wire use
    ["velo-enfant", "remorque", "piece-velo", "alimentation", "outil-jardin", "cours", "heure-temps", "outillage"],
)
def test_published_iris_keep_their_meaning(slug: str) -> None:
    found = categories.find_by_uri(f"https://w3id.org/declic/cat#{slug}")

    assert found is not None and found.slug == slug
    assert categories.read_category(found.uri) is found


def test_every_branch_has_a_name_and_something_in_it() -> None:
    for branch in BRANCH_LABELS:
        assert [one for one in categories.CATEGORIES if one.branch == branch and one.parent is None]


def test_a_filter_by_a_wide_category_finds_the_narrow_ones_too() -> None:
    assert categories.list_slugs("velo")[:3] == ["velo", "velo-adulte", "velo-enfant"]
    assert categories.list_slugs("freins") == ["freins"]


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://elsewhere.example/cat#lampes-de-poche", "lampes de poche"),
        ("https://w3id.org/declic/cat#inconnu", "inconnu"),
        ("https://www.wikidata.org/wiki/Q11442", "Q11442"),
        ("", "Autres"),
    ],
)
def test_an_unknown_category_is_other_under_its_own_name(uri: str, expected: str) -> None:
    category = categories.read_category(uri)

    assert (category.slug, category.label(), category.uri) == (OTHER.slug, expected, uri)


def test_a_name_from_elsewhere_is_cut() -> None:
    assert len(categories.read_category(f"https://elsewhere.example/{'x' * 500}").label()) == 60


def test_a_look_alike_of_our_prefix_is_not_ours() -> None:
    assert categories.find_by_uri(PREFIX.replace("w3id.org", "w3id.org.evil.example") + "velo") is None
