"""Names of places in French sentences: all EPCIs of the country, and communes whose names are odd, looked through."""

from pathlib import Path

import pytest

from models.places.communes import COLUMNS, FILE, read_communes
from models.places.place_names import compose_in, compose_of, shorten_epci

TABLE = Path(__file__).with_name("composed_names.tsv")
"""Code, official name, where something is, whose it is. Of an EPCI its short name is composed."""

LOOKED_THROUGH = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]

SIREN, INSEE = 9, 5
"""Characters of the code of an EPCI, and of a commune."""


def test_places_are_composed_as_the_table_that_was_looked_through_says() -> None:
    composed = [
        [code, name, compose_in(shown), compose_of(shown)]
        for code, name, _, _ in LOOKED_THROUGH
        for shown in (shorten_epci(name) if len(code) == SIREN else name,)
    ]

    assert [pair for pair in zip(composed, LOOKED_THROUGH, strict=True) if pair[0] != pair[1]] == []


def test_the_table_has_each_epci_of_the_country_and_three_hundred_communes() -> None:
    code, name = COLUMNS.index("epci_code"), COLUMNS.index("epci_name")
    shipped = {(row[code], row[name]) for row in read_communes(FILE.read_bytes()) if row[code]}

    assert shipped == {(row[0], row[1]) for row in LOOKED_THROUGH if len(row[0]) == SIREN}
    assert len([row for row in LOOKED_THROUGH if len(row[0]) == INSEE]) >= 300


@pytest.mark.parametrize(
    ("place", "where", "whose"),
    [
        ("Lomme", "à Lomme", "de Lomme"),
        ("Arras", "à Arras", "d’Arras"),
        ("Le Havre", "au Havre", "du Havre"),
        ("Les Sables-d'Olonne", "aux Sables-d'Olonne", "des Sables-d'Olonne"),
        ("La Rochelle", "à La Rochelle", "de La Rochelle"),
        ("L'Haÿ-les-Roses", "à L'Haÿ-les-Roses", "de L'Haÿ-les-Roses"),
        ("Hem", "à Hem", "de Hem"),
        ("Hazebrouck", "à Hazebrouck", "d’Hazebrouck"),
        ("Communauté d'agglomération d'Hénin-Carvin", "dans la Communauté d'agglomération d'Hénin-Carvin", None),
        ("la Métropole de Lille", "dans la Métropole de Lille", "de la Métropole de Lille"),
        ("métropole européenne de Lille", "dans la métropole européenne de Lille", None),
        ("CA d'Hénin-Carvin", "dans la CA d'Hénin-Carvin", "de la CA d'Hénin-Carvin"),
        ("MEL", "dans la MEL", "de la MEL"),
        ("le Boulonnais", "dans le Boulonnais", "du Boulonnais"),
        ("Boulonnais", "dans le Boulonnais", "du Boulonnais"),
        ("les Weppes", "dans les Weppes", "des Weppes"),
        ("Le Grand Reims", "dans le Grand Reims", "du Grand Reims"),
        ("Agglomération du Choletais", "dans l’Agglomération du Choletais", "de l’Agglomération du Choletais"),
        ("Les Loges", "aux Loges", "des Loges"),
        ("Lille, Lomme, Hellemmes", "à Lille, Lomme et Hellemmes", "de Lille, de Lomme et d’Hellemmes"),
        ("Lille, Lomme", "à Lille et Lomme", "de Lille et Lomme"),
        ("Lille, Arras", "à Lille et Arras", "de Lille et d’Arras"),
        ("Lens, Le Mans, Hem", "à Lens, au Mans et à Hem", "de Lens, du Mans et de Hem"),
        ("Lille, Lomme, Hellemmes …", "à Lille, Lomme, Hellemmes …", "de Lille, de Lomme, d’Hellemmes …"),
        ("Lille …", "à Lille …", "de Lille …"),
        ("Lille, MEL", "à Lille et dans la MEL", "de Lille et de la MEL"),
        ("Coop des deux terrils", "à la Coop des deux terrils", "de la Coop des deux terrils"),
        ("Atelier du Nord", "à l’Atelier du Nord", "de l’Atelier du Nord"),
        ("Collectif Rustine", "au Collectif Rustine", "du Collectif Rustine"),
        ("La Remise", "à La Remise", "de La Remise"),
        ("Les Biscottes", "aux Biscottes", "des Biscottes"),
        ("", "à ", "de "),
        ("'", "à '", "de '"),
    ],
)
def test_names_are_composed_as_people_write_them(place: str, where: str, whose: str | None) -> None:
    assert compose_in(place) == where
    assert whose is None or compose_of(place) == whose


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Communauté d'agglomération d'Hénin-Carvin", "Hénin-Carvin"),
        ("Communauté de communes du Pays de Mormal", "Pays de Mormal"),
        ("Communauté de communes de la Région d'Audruicq", "Région d'Audruicq"),
        ("Communauté de communes de l'Est Lyonnais (CCEL)", "Est Lyonnais"),
        ("Communauté de communes l'Orée de la Brie", "L'Orée de la Brie"),
        ("Communauté d'agglomération de La Rochelle", "La Rochelle"),
        ("Communauté d'agglomération du Puy-en-Velay", "Le Puy-en-Velay"),
        ("Communauté d'agglomération de Blois ''Agglopolys''", "Blois"),
        ("Communauté urbaine de Dunkerque", "Dunkerque"),
        ("CA d'Hénin-Carvin", "Hénin-Carvin"),
        ("Métropole Européenne de Lille", "Métropole Européenne de Lille"),
        ("Bordeaux Métropole", "Bordeaux Métropole"),
        ("", ""),
    ],
)
def test_a_community_is_called_as_people_do(name: str, short: str) -> None:
    assert shorten_epci(name) == short
