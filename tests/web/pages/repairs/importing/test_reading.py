"""Files of Rustine Libre are read whatever wrote them, and each mistake is told by its file, line and column."""

import random
import time
from datetime import UTC, date, datetime

import pytest

from models.repairs.importing.lines import ImportLines
from tests.rustine import BIKES, REPAIRERS, make_files, make_json
from web.pages.repairs.importing.reading import SentFile, read_files


def read(*files: SentFile) -> ImportLines:
    lines, unread = read_files(files)
    assert unread == []
    return lines


def test_the_shipped_columns_are_read() -> None:
    lines = read(*make_files())

    assert lines.faults == []
    johnny = lines.repairers[0]
    assert (johnny.origin, johnny.name, johnny.street) == ("12", "Chez Johnny", "1936 rue Johnny Hallyday")
    assert (johnny.place, johnny.owner, johnny.by_appointment) == ("59160 Lomme", "alice@example.org", True)
    assert johnny.bike_types == ["Vélo classique", "Vélo électrique"]
    assert johnny.description == "On répare tout."
    assert [one.enabled for one in lines.repairers] == [True, True, True, False]
    assert lines.interventions[1].label == "Réglage des freins, avant et arrière"
    assert lines.appointments[0].at.astimezone(UTC) == datetime(2024, 3, 12, 13, tzinfo=UTC)
    assert lines.appointments[0].outcome == "fixed"
    assert lines.maintenances[0].done_on == date(2024, 5, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_separator_says_the_same(encoding: str, delimiter: str) -> None:
    text = BIKES.replace(",", delimiter).replace("’", "'")

    assert read(SentFile(name="bikes.csv", body=text.encode(encoding))).bikes[0].description == "Acheté d'occasion"


@pytest.mark.parametrize("hydra", [True, False])
def test_json_of_the_api_is_read_as_deep_as_it_is(hydra: bool) -> None:
    repairer = {
        "@id": "/repairers/12",
        "id": 12,
        "name": "Chez Johnny",
        "streetNumber": "1936",
        "street": "rue Johnny Hallyday",
        "postcode": "59160",
        "city": "Lomme",
        "repairerTypes": [{"@id": "/repairer_types/2", "name": "Auto réparation"}],
        "bikeTypesSupported": [{"name": "Vélo classique"}, {"name": "Vélo électrique"}],
        "repairerCities": [{"name": "Nieppe", "postcode": "59850"}],
        "enabled": True,
        "owner": {"@id": "/users/3", "email": "Alice@Example.org"},
        "thumbnail": None,
    }
    price = {"id": 1, "price": 5000, "repairer": "/repairers/12", "intervention": {"description": "Roue"}}

    lines = read(make_json("repairers", [repairer], hydra=hydra), make_json("interventions", [price], hydra=hydra))

    johnny = lines.repairers[0]
    assert (johnny.origin, johnny.street, johnny.place) == ("12", "1936 rue Johnny Hallyday", "59160 Lomme")
    assert (johnny.types, johnny.cities, johnny.owner) == (["Auto réparation"], ["59850 Nieppe"], "alice@example.org")
    assert (lines.interventions[0].repairer, lines.interventions[0].label) == ("12", "Roue")
    assert lines.faults == []


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("repairers.csv", REPAIRERS.replace("Chez Johnny", ""), (2, "name", "missing", "")),
        ("repairers.csv", REPAIRERS.replace("13,Le", "12,Le"), (3, "id", "twice", "2")),
        ("repairers.csv", REPAIRERS.replace("karim@exemple.fr", "karim"), (3, "owner_email", "no_mail", "karim")),
        ("repairers.csv", REPAIRERS.replace("karim@exemple.fr", "k@ex.fr,,x"), (3, "id", "cells", "1")),
        ("interventions.csv", "id;repairer_id;description;price\n1;12;Roue;50,00\n", (2, "price", "no_price", "50,00")),
        ("interventions.csv", "id;repairer_id;description;price\n1;12;Roue;²\n", (2, "price", "no_price", "²")),
        ("maintenances.csv", "id;bike;nom;date\n1;70;Pneu;31/02/2024\n", (2, "date", "no_date", "31/02/2024")),
        (
            "appointments.csv",
            "id,repairer_id,slot_time,outcome\n1,2,2024-01-01T10:00,bof\n",
            (2, "outcome", "unknown_outcome", "bof"),
        ),
    ],
)
def test_a_mistake_is_told_by_its_line_and_column(name: str, text: str, told: tuple[int, str, str, str]) -> None:
    (fault,) = read(SentFile(name=name, body=text.encode())).faults

    assert (fault.file, fault.line, fault.column, fault.fault, fault.value) == (name, *told)


def test_a_mistake_in_json_is_told_by_its_line() -> None:
    bikes = [{"id": 1, "owner": {"email": "a@b.fr"}}, {"id": 2, "owner": {"email": "rien"}}]

    (fault,) = read(make_json("bikes", bikes, hydra=True)).faults

    assert (fault.line, fault.column, fault.fault) == (11, "owner", "no_mail")


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("bikes.json", b'[{"id": 1},\n{"id": ]', "import_json_broken"),
        ("bikes.json", b'[{"id": 1},\n', "import_json_broken"),
        ("bikes.json", b"[1]", "import_json_broken"),
        ("bikes.json", b"[" * 100_000, "import_json_broken"),
        ("bikes.json", b'[{"id":' + b"9" * 10_000 + b"}]", "import_json_broken"),
        ("bikes.json", b'{"rien": 1}', "import_json_no_list"),
        ("bikes.csv", b"", "list_empty"),
        ("bikes.csv", b"PK\x03\x04", "list_is_workbook"),
        ("bikes.csv", b"a\x00b", "list_unreadable"),
        ("notes.csv", b"id\n1\n", None),
        ("bikes.exe", b"id\n1\n", None),
    ],
)
def test_what_cannot_be_read_is_told_by_its_name(name: str, body: bytes, code: str | None) -> None:
    lines, (unread,) = read_files([SentFile(name=name, body=body)])

    assert not lines
    assert unread.name == name
    assert (unread.refusal.code if unread.refusal else None) == code


def test_half_a_letter_in_json_is_a_question_mark() -> None:
    body = rb'[{"id": 7, "owner": "a@b.fr", "name\ud83d": "Mon v\ud83dlo\u0000"}]'

    (bike,) = read(SentFile(name="bikes.json", body=body)).bikes

    assert bike.name == "Mon v?lo"


def test_a_mistake_under_a_broken_head_can_be_written_down() -> None:
    body = rb'[{"id": 7, "owner\ud83d": "rien\ud83d"}]'

    (fault,) = read(SentFile(name="bikes.json", body=body)).faults

    assert (fault.column, fault.value) == ("owner?", "rien?")


def test_garbage_never_breaks_the_reader() -> None:
    letters = random.Random(11)
    pieces = [
        "id,",
        "owner_email",
        "\n",
        '"',
        ";",
        "[{",
        "}]",
        '{"id":',
        "\ud83d",
        "é",
        "\x00",
        "2024-01-01",
        "@",
        "=1",
    ]
    until = time.monotonic() + 3
    while time.monotonic() < until:
        text = "".join(letters.choices(pieces, k=letters.randint(1, 60)))
        for name in ("repairers.csv", "bikes.json", "appointments.csv"):
            read_files([SentFile(name=name, body=text.encode("utf-8", "surrogatepass"))])


def test_twenty_thousand_lines_are_read_in_linear_time() -> None:
    heads, *_ = BIKES.splitlines()
    rows = [f"{number},m{number}@exemple.fr,Vélo {number},Gitane,Vélo classique,x" for number in range(20_000)]

    begun = time.perf_counter()
    small = read(SentFile(name="bikes.csv", body="\n".join([heads, *rows[:2_000]]).encode()))
    between = time.perf_counter()
    large = read(SentFile(name="bikes.csv", body="\n".join([heads, *rows]).encode()))
    ended = time.perf_counter()

    assert (len(small.bikes), len(large.bikes)) == (2_000, 20_000)
    assert ended - between < max(40 * (between - begun), 1)
