"""Lists of members as spreadsheets and HelloAsso write them."""

import pytest

from models.errors import Invalid
from web.forms.table_file import decode
from web.pages.people.invitations.addresses import read_addresses
from web.pages.people.invitations.list_plan import make_stem
from web.pages.people.invitations.list_reader import read_list

GOOD = "prénom;courriel;commune\nMarie;marie@x.fr;Lomme\nZoé;zoe@x.fr;\n"

HELLOASSO = (
    "Référence commande;Date de la commande;Statut de la commande;Tarif;Montant tarif;Nom adhérent;Prénom adhérent;"
    "Nom payeur;Prénom payeur;Email payeur;Code postal;Ville\n"
    '1;01/09/2026;Validé;Adhésion;"10,00";DUPONT;Marie;DUPONT;Jean;jean@x.fr;59160;Lomme\n'
    '2;02/09/2026;Annulé;Adhésion;"10,00";ROY;Luc;ROY;Luc;luc@x.fr;;\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_separators_are_understood(encoding: str, delimiter: str) -> None:
    text, latin = decode(GOOD.replace(";", delimiter).encode(encoding))

    read = read_list(text)

    assert latin is (encoding == "cp1252")
    assert [(one.line, one.name, one.email, one.place_words) for one in read.lines] == [
        (2, "Marie", "marie@x.fr", "Lomme"),
        (3, "Zoé", "zoe@x.fr", ""),
    ]
    assert read.faults == ()


def test_each_fault_names_its_line_and_the_column_of_the_file() -> None:
    text = (
        "Prénom,E-mail\n"
        "Marie,marie@x.fr\n"
        "\n"
        ",vide@x.fr\n"
        "Luc,luc(at)x.fr\n"
        "Ana,\n"
        "Mia,MARIE@x.fr\n"
        '"Jean\nPaul",jp@x.fr\n'
        "Bob,bob@x.fr,trop\n" + "x" * 61 + ",long@x.fr\n"
    )

    read = read_list(text)

    assert [(one.line, one.name) for one in read.lines] == [(2, "Marie"), (8, "Jean Paul")]
    assert [(one.line, one.column, one.fault, one.value) for one in read.faults] == [
        (4, "Prénom", "name_missing", ""),
        (5, "E-mail", "email_wrong", "luc(at)x.fr"),
        (6, "E-mail", "email_missing", ""),
        (7, "E-mail", "email_twice", "2"),
        (10, "Prénom", "cells", "3"),
        (11, "Prénom", "name_long", "61"),
    ]


def test_the_export_of_helloasso_is_understood() -> None:
    read = read_list(HELLOASSO)

    assert [(one.name, one.email, one.place_words) for one in read.lines] == [("Marie", "jean@x.fr", "59160 Lomme")]
    assert [(one.line, one.column, one.fault) for one in read.faults] == [(3, "Statut de la commande", "not_paid")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "list_empty"),
        ("\n\n", "list_empty"),
        ("prénom;commune\nMarie;Lomme", "list_without_email"),
        ("courriel;commune\nm@x.fr;Lomme", "list_without_name"),
        ("prénom;courriel\n" + "a;a@x.fr\n" * 5001, "list_too_long"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_list(text)

    assert refused.value.code == code


def test_two_thousand_lines_are_a_list() -> None:
    assert len(read_list("prénom;courriel\n" + "".join(f"a;a{n}@x.fr\n" for n in range(2000))).lines) == 2000


@pytest.mark.parametrize("body", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"a;b\x00c"])
def test_what_is_no_text_is_told(body: bytes) -> None:
    with pytest.raises(Invalid):
        decode(body)


@pytest.mark.parametrize(
    ("name", "email", "stem"),
    [
        ("Marie", "m@x.fr", "marie"),
        ("Élodie-Anne", "m@x.fr", "elodie_anne"),
        ("李", "wei@x.fr", "wei"),
        ("李", "123@x.fr", "membre"),
        ("x" * 60, "m@x.fr", "x" * 24),
    ],
)
def test_a_user_name_is_made_of_the_name_that_others_see(name: str, email: str, stem: str) -> None:
    assert make_stem(name, email) == stem


def test_addresses_are_read_as_people_paste_them() -> None:
    found = read_addresses("marie@x.fr, Luc Roy <luc@X.fr>; MARIE@x.fr\n zoe@x.fr  ana@x.fr\n\npas une adresse")

    assert found.good == ("marie@x.fr", "luc@x.fr", "zoe@x.fr", "ana@x.fr")
    assert (found.repeated, found.wrong) == (1, ("pas", "une", "adresse"))
