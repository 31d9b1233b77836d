"""What a cooperative tells about itself, as a form."""

import pytest

from web.pages.instance.cooperative_form import shorten_epci


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Communauté d'agglomération d'Hénin-Carvin", "Hénin-Carvin"),
        ("Communauté de communes du Pays de Mormal", "Pays de Mormal"),
        ("Communauté de communes de la Région d'Audruicq", "Région d'Audruicq"),
        ("Communauté de communes de l'Est Guyanais", "Est Guyanais"),
        ("Communauté de communes l'Orée de la Brie", "L'Orée de la Brie"),
        ("Communauté urbaine de Dunkerque", "Dunkerque"),
        ("CA d'Hénin-Carvin", "Hénin-Carvin"),
        ("Métropole Européenne de Lille", "Métropole Européenne de Lille"),
        ("Bordeaux Métropole", "Bordeaux Métropole"),
        ("", ""),
    ],
)
def test_a_community_is_called_as_people_do(name: str, short: str) -> None:
    assert shorten_epci(name) == short
