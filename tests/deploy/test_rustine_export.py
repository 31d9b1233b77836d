"""What operators of a Rustine Libre run gives exactly the files that the import reads."""

import io
import re
from datetime import date, time
from pathlib import Path

from models.store.database import Connection
from web.pages.repairs.importing.columns import COLUMNS, find_kind
from web.pages.repairs.importing.reading import SentFile, read_files

EXPORT = Path(__file__).parents[2] / "deploy/rustine/export.sql"

COPIED = re.compile(r"^\\copy \((SELECT .*)\) TO '([a-z]+\.csv)' WITH \(FORMAT csv, HEADER, ENCODING 'UTF8'\)$", re.M)

THERE = """
CREATE SCHEMA rustine;
SET LOCAL search_path TO rustine;
CREATE TABLE "user" (id int, email varchar, password varchar);
CREATE TABLE repairer (id int, owner_id int, name varchar, description text, mobile_phone varchar, street varchar,
    street_number varchar, city varchar, postcode varchar, optional_page text, enabled boolean, comment text);
CREATE TABLE repairer_type (id int, name varchar);
CREATE TABLE repairer_repairer_type (repairer_id int, repairer_type_id int);
CREATE TABLE bike_type (id int, name varchar);
CREATE TABLE repairer_bike_type (repairer_id int, bike_type_id int);
CREATE TABLE repairer_city (id int, repairer_id int, name varchar, postcode varchar);
CREATE TABLE intervention (id int, description varchar, is_admin boolean);
CREATE TABLE repairer_intervention (id int, repairer_id int, intervention_id int, price int);
CREATE TABLE repairer_opening_hours (id int, repairer_id int, day varchar, start_time varchar, end_time varchar);
CREATE TABLE repairer_exceptional_closure (id int, repairer_id int, start_date timestamp, end_date timestamp);
CREATE TABLE bike (id int, owner_id int, bike_type_id int, brand varchar, name varchar, description text);
CREATE TABLE appointment (id int, customer_id int, repairer_id int, bike_id int, bike_type_id int, slot_time timestamp,
    status varchar, address varchar);
CREATE TABLE auto_diagnostic (id int, appointment_id int, prestation varchar);
CREATE TABLE maintenance (id int, bike_id int, name varchar, description varchar, repair_date timestamp);
INSERT INTO "user" VALUES (3, 'johnny@example.org', 'x'), (4, 'zoe@example.org', 'x');
INSERT INTO repairer VALUES (12, 3, 'Chez Johnny', '<p>Tout, "vite"</p>', '0612345678', 'rue des Lilas', '1', 'Lomme',
    '59160', NULL, true, NULL);
INSERT INTO repairer_type VALUES (1, 'Auto réparation'), (2, 'Réparateur itinérant');
INSERT INTO repairer_repairer_type VALUES (12, 1), (12, 2);
INSERT INTO bike_type VALUES (1, 'Vélo classique'), (2, 'Vélo électrique');
INSERT INTO repairer_bike_type VALUES (12, 1), (12, 2);
INSERT INTO repairer_city VALUES (1, 12, 'Nieppe', '59850');
INSERT INTO intervention VALUES (5, 'Réglage des freins', true);
INSERT INTO repairer_intervention VALUES (8, 12, 5, 1500);
INSERT INTO repairer_opening_hours VALUES (1, 12, 'monday', '09:00', '12:30'), (2, NULL, 'monday', '09:00', '12:30');
INSERT INTO repairer_exceptional_closure VALUES (1, 12, '2027-08-01', '2027-08-15');
INSERT INTO bike VALUES (70, 4, 2, 'Gitane', 'Mon bleu', NULL);
INSERT INTO appointment VALUES (500, 4, 12, 70, NULL, '2024-03-12 14:00', 'validated', '3 rue d''ici'),
    (501, NULL, 12, NULL, 1, '2024-03-13 14:00', 'validated', NULL);
INSERT INTO auto_diagnostic VALUES (1, 500, 'Problème de frein');
INSERT INTO maintenance VALUES (900, 70, 'Révision', NULL, '2024-05-02'), (901, 70, 'Sans date', NULL, NULL);
"""
"""The tables of a Rustine Libre, as far as the export reads them, and a little in each."""


async def test_the_shipped_export_is_read_without_a_mistake(conn: Connection) -> None:
    await conn.execute(THERE)
    files: list[SentFile] = []
    for question, name in COPIED.findall(EXPORT.read_text(encoding="utf-8")):
        written = io.BytesIO()
        await conn.copy_from_query(question, output=written, format="csv", header=True, encoding="utf8")
        files.append(SentFile(name=name, body=written.getvalue()))

    lines, unread = read_files(files)

    assert {find_kind(file.name) for file in files} == set(COLUMNS)
    assert (list(lines.faults), unread) == ([], [])
    (johnny,) = lines.repairers
    assert (johnny.types, johnny.cities) == (["Auto réparation", "Réparateur itinérant"], ["59850 Nieppe"])
    assert (johnny.bike_types, johnny.owner) == (["Vélo classique", "Vélo électrique"], "johnny@example.org")
    assert [(one.label, one.cents) for one in lines.interventions] == [("Réglage des freins", 1500)]
    assert [(one.day, one.opens, one.closes) for one in lines.openings] == [(0, time(9), time(12, 30))]
    assert [(one.first, one.last) for one in lines.closures] == [(date(2027, 8, 1), date(2027, 8, 15))]
    assert [(one.bike_type, one.customer) for one in lines.appointments] == [
        ("Vélo électrique", "zoe@example.org"),
        ("Vélo classique", ""),
    ]
    assert [one.title for one in lines.maintenances] == ["Révision"]
    assert not any(b"0612345678" in file.body or b"rue d'ici" in file.body for file in files)
