"""The domain of our mails: each record that is missing or wrong is named by the doctor, with the line to put."""

import base64
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.web.actions.doctor.patients import make_patient, names_of
from web.actions.doctor import dkim, own_names, sender_names
from web.actions.doctor.findings import Finding, Patient

HERE = "smtp://localhost?from=declic@lomme.example"
RELAY = "smtps://declic:secret@smtp.relais.example:465?from=La coop <declic@lomme.example>"

RELAYS = {("smtp.relais.example", "A"): ["192.88.100.9"]}
OURS = {("lomme.example", "A"): ["192.88.100.7"], ("lomme.example", "AAAA"): ["2a01:e0a::7"]}


def write_key(size: int) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=size).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


KEY = write_key(2048)


def patient(records: Mapping[tuple[str, str], list[str]], smtp_url: str = RELAY) -> Patient:
    return make_patient(smtp_url=smtp_url, names=names_of({**RELAYS, **OURS, **records}))


async def look_at_spf(record: str | None, smtp_url: str = RELAY, **others: list[str]) -> Finding:
    """With this record at the domain; `others` are texts of names, or of a name with its kind."""
    records = {("lomme.example", "TXT"): ["google-site-verification=1", *([record] if record else [])]}
    for name, texts in others.items():
        host, _, kind = name.partition("__")
        records[(host.replace("_", "."), kind or "TXT")] = texts
    return await sender_names.check_spf(patient(records, smtp_url))


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 a:smtp.relais.example -all",
        "v=spf1 ip4:192.88.100.0/24 ~all",
        "V=SPF1 +ip4:192.88.100.9 -ALL",
        "v=spf1 a:smtp.relais.example/24//64 -all",
        "v=spf1 include:relais.example -all",
        "v=spf1 mx:relais.example ~all",
        "v=spf1 redirect=relais.example",
        "v=spf1 x-new=1 a:smtp.relais.example -all",
        "v=spf1 exists:%{i}.relais.example -all",
        "v=spf1 a:nowhere.example//64 ip4:192.88.100.9 -ip4:192.88.100.9 -all",
    ],
)
async def test_a_record_that_names_our_mail_server_is_well(record: str) -> None:
    found = await look_at_spf(
        record, relais_example=["v=spf1 ip4:192.88.100.9 -all"], relais_example__MX=["10 smtp.relais.example"]
    )

    assert found.severity == "ok", found


@pytest.mark.parametrize(
    ("record", "severity", "words", "line"),
    [
        (None, "error", "Rien ne dit qui peut envoyer", "v=spf1 mx a:smtp.relais.example ~all"),
        ("v=spf1 mx -all", "warning", "ne nomme pas smtp.relais.example", "v=spf1 a:smtp.relais.example mx -all"),
        ("v=spf1 ip4:192.88.100.9 +all", "warning", "le monde entier", "v=spf1 ip4:192.88.100.9 ~all"),
        ("v=spf1 all", "warning", "le monde entier", "v=spf1 ~all"),
        ("v=spf1 include:open.example -all", "warning", "le monde entier", ""),
        ("v=spf1 ipv4:192.88.100.9 -all", "error", "« ipv4:192.88.100.9 »", ""),
        ("v=spf1 ip4:192.88.100 -all", "error", "« ip4:192.88.100 »", ""),
        ("v=spf1 redirect:relais.example", "error", "« redirect:relais.example »", ""),
        ("v=spf1 include:nowhere.example -all", "error", "« include:nowhere.example »", ""),
        ("v=spf1 include:lomme.example -all", "error", "plus de dix recherches", ""),
        ("v=spf1 " + "a:b.example " * 11 + "-all", "error", "plus de dix recherches", ""),
        (
            "v=spf1 mx -all redirect=relais.example",
            "warning",
            "ne nomme pas",
            "v=spf1 a:smtp.relais.example mx -all redirect=relais.example",
        ),
        (
            "v=spf1 -all ip4:192.88.100.9",
            "warning",
            "ne nomme pas",
            "v=spf1 a:smtp.relais.example -all ip4:192.88.100.9",
        ),
        (
            "v=spf1 -ip4:192.88.100.9 ip4:192.88.100.0/24 -all",
            "warning",
            "ne nomme pas",
            "v=spf1 a:smtp.relais.example -ip4:192.88.100.9 ip4:192.88.100.0/24 -all",
        ),
        (
            "v=spf1 -ip4:192.88.100.9 -all",
            "warning",
            "ne nomme pas",
            "v=spf1 a:smtp.relais.example -ip4:192.88.100.9 -all",
        ),
    ],
)
async def test_a_record_that_does_not_do_is_named_with_the_line_to_put(
    record: str | None, severity: str, words: str, line: str
) -> None:
    found = await look_at_spf(
        record, relais_example=["v=spf1 ip4:192.88.100.9 -all"], open_example=["v=spf1 ip4:192.88.100.1 +all"]
    )

    assert (found.severity, found.command) == (severity, "") and words in found.what and found.mend
    assert found.record == (line and f'lomme.example. TXT "{line}"')
    assert found.mend.endswith(":") == bool(line)


@pytest.mark.parametrize(
    ("host", "record", "severity", "line"),
    [
        ("192.88.100.9", "v=spf1 ip4:192.88.100.9 -all", "ok", ""),
        ("192.88.100.9", "v=spf1 mx -all", "warning", "v=spf1 ip4:192.88.100.9 mx -all"),
        ("[2a01:e0a::9]", "v=spf1 mx -all", "warning", "v=spf1 ip6:2a01:e0a::9 mx -all"),
        ("192.168.1.4", "v=spf1 mx -all", "ok", ""),
        ("192.168.1.4", None, "error", "v=spf1 mx … ~all"),
    ],
)
async def test_a_mail_server_that_is_an_address_is_named_as_one_if_others_see_it(
    host: str, record: str | None, severity: str, line: str
) -> None:
    found = await look_at_spf(record, f"smtp://{host}?from=declic@lomme.example")

    assert (found.severity, found.record) == (severity, line and f'lomme.example. TXT "{line}"')


async def test_from_where_a_relay_sends_only_what_is_included_of_it_says() -> None:
    other = ["v=spf1 ip4:192.88.100.200 -all"]
    relay = await look_at_spf("v=spf1 include:relais.example -all", relais_example=other)
    here = await look_at_spf("v=spf1 include:relais.example -all", HERE, relais_example=other)

    assert (relay.severity, here.severity) == ("ok", "error") and "a:lomme.example include:" in here.record


async def test_what_stands_in_a_record_is_no_command_for_a_terminal_and_not_without_end() -> None:
    found = await look_at_spf("v=spf1 " + "x" * 5_000 + " -all")

    assert "x" * 100 in found.what and "x" * 101 not in found.what


async def test_two_records_are_none_and_a_server_here_has_to_be_named() -> None:
    both = {("lomme.example", "TXT"): ["v=spf1 mx -all", "v=spf1 a -all"]}
    twice = await sender_names.check_spf(patient(both))
    unnamed = await look_at_spf("v=spf1 mx -all", HERE)
    named = await look_at_spf("v=spf1 a -all", HERE)

    assert (twice.severity, unnamed.severity, named.severity) == ("error", "error", "ok")
    assert "plusieurs lignes SPF" in twice.what and "a:lomme.example" in unnamed.record


@pytest.mark.parametrize(
    ("record", "severity", "words"),
    [
        (f"v=DKIM1; k=rsa; p={KEY}", "ok", "« mail »"),
        (f"k=rsa;p={KEY[:200]} {KEY[200:]}", "ok", "« mail »"),
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "ok", "« mail »"),
        ("v=DKIM1; p=", "error", "est retirée"),
        (f"v=DKIM1; p={KEY[:-9]}", "error", "coupée"),
        ("v=DKIM1; p=pas une clé", "error", "coupée"),
        (None, "error", "il n’y a pas de clé à mail._domainkey.lomme.example"),
    ],
)
async def test_the_key_that_was_named_is_looked_at(record: str | None, severity: str, words: str) -> None:
    texts = {("mail._domainkey.lomme.example", "TXT"): [record] if record else []}

    found = await dkim.check_dkim(patient(texts, f"{RELAY}&dkim=mail"))

    assert found.severity == severity and words in found.what
    assert severity == "ok" or found.record.startswith('mail._domainkey.lomme.example. TXT "v=DKIM1')


async def test_without_a_name_the_usual_ones_are_tried_and_nothing_is_said_against_others() -> None:
    known = {("selector1._domainkey.lomme.example", "TXT"): [f"v=DKIM1; p={KEY}"]}

    found, none = await dkim.check_dkim(patient(known)), await dkim.check_dkim(patient({}))

    assert found.severity == "skipped" and "« selector1 »" in found.what and "dkim=selector1" in found.what
    assert found.needless and none.needless, "what was wrong with a key that was named is wrong no more"
    assert none.severity == "skipped" and "dkim=NOM" in none.what


async def test_of_guessed_keys_those_that_are_retired_are_passed_over_and_silence_says_nothing() -> None:
    retired = {("mail._domainkey.lomme.example", "TXT"): ["v=DKIM1; p="]}
    retired[("default._domainkey.lomme.example", "TXT")] = ["v=DKIM1; p=pas une clé"]
    known = retired | {("ovh._domainkey.lomme.example", "TXT"): [f"v=DKIM1; p={KEY}"]}

    found, none = await dkim.check_dkim(patient(known)), await dkim.check_dkim(patient(retired))

    assert (found.severity, none.severity) == ("skipped", "skipped")
    assert "« ovh »" in found.what and "aucune clé" in none.what


@pytest.mark.parametrize(
    ("records", "severity", "words"),
    [
        (["v=DMARC1; p=quarantine"], "ok", "dit quoi faire"),
        (["une autre ligne", "v=DMARC1;p=none;rua=mailto:a@lomme.example"], "ok", "dit quoi faire"),
        ([], "warning", "Rien ne dit quoi faire"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "error", "plusieurs lignes DMARC"),
        (["v=DMARC1; sp=none"], "error", "ne dit pas quoi faire"),
        (["v=DMARC1; p=nothing"], "error", "ne dit pas quoi faire"),
    ],
)
async def test_what_others_do_with_false_mails_is_looked_at(records: list[str], severity: str, words: str) -> None:
    found = await sender_names.check_dmarc(patient({("_dmarc.lomme.example", "TXT"): records}))

    assert found.severity == severity and words in found.what
    assert severity == "ok" or found.record == '_dmarc.lomme.example. TXT "v=DMARC1; p=none"'


async def test_the_line_of_the_domain_above_counts() -> None:
    url = "smtps://smtp.relais.example?from=declic@coop.lomme.example"
    above = {("_dmarc.lomme.example", "TXT"): ["v=DMARC1; p=none"]}

    assert (await sender_names.check_dmarc(patient(above, url))).severity == "ok"


@pytest.mark.parametrize(
    ("records", "severity", "words"),
    [
        ({("lomme.example", "MX"): ["10 smtp.relais.example"]}, "ok", "arrive à smtp.relais.example"),
        ({}, "ok", "arrive à lomme.example"),
        ({("lomme.example", "MX"): ["0 "]}, "warning", "dit ne recevoir aucun courriel"),
        ({("lomme.example", "MX"): ["10 gone.example"]}, "error", "Aucun serveur ne reçoit"),
        ({("lomme.example", "A"): [], ("lomme.example", "AAAA"): []}, "error", "Aucun serveur ne reçoit"),
    ],
)
async def test_where_answers_to_our_mails_go_is_looked_at(
    records: Mapping[tuple[str, str], list[str]], severity: str, words: str
) -> None:
    found = await own_names.check_mail_domain(patient(records))

    assert found.severity == severity and words in found.what
    assert severity == "ok" or found.record == "lomme.example. MX 10 …"


async def test_answers_come_to_this_machine_only_where_its_own_mail_server_is() -> None:
    refused = {("lomme.example", "MX"): ["0 "]}

    assert (await own_names.check_mail_domain(patient(refused, HERE))).record == "lomme.example. MX 10 lomme.example."


V4, V6 = "7.100.88.192.in-addr.arpa", "7" + ".0" * 23 + ".a.0.e.0.1.0.a.2.ip6.arpa"


@pytest.mark.parametrize(
    ("v4", "v6", "severity", "words"),
    [
        (["lomme.example"], ["Lomme.Example"], "ok", "porte un nom qui mène à elle"),
        ([], ["lomme.example"], "error", "192.88.100.7, d’où partent nos courriels, ne porte pas de nom"),
        (["lomme.example"], ["vps7.hoster.example"], "warning", "ne mène pas à elle : vps7.hoster.example"),
    ],
)
async def test_the_address_that_sends_has_a_name(v4: list[str], v6: list[str], severity: str, words: str) -> None:
    found = await own_names.check_reverse(patient({(V4, "PTR"): v4, (V6, "PTR"): v6}, HERE))

    assert found.severity == severity and words in found.what
    assert severity == "ok" or found.record.endswith(".arpa. PTR lomme.example.")


async def test_an_address_that_only_this_house_sees_has_no_name_to_be_looked_at() -> None:
    inside = {("lomme.example", "A"): ["192.168.1.4"], ("lomme.example", "AAAA"): ["fd00::7"]}
    spf = {**inside, ("lomme.example", "TXT"): ["v=spf1 mx -all"]}

    named, sent = await own_names.check_reverse(patient(inside, HERE)), await sender_names.check_spf(patient(spf, HERE))

    assert (named.severity, sent.severity) == ("skipped", "ok") and "pas d’adresse publique" in named.what


async def test_the_address_of_a_relay_is_not_ours_to_name() -> None:
    found = await own_names.check_reverse(patient({}))

    assert found.severity == "skipped" and found.needless


CHECKS = (
    *(sender_names.check_spf, sender_names.check_dmarc, dkim.check_dkim),
    *(own_names.check_mail_domain, own_names.check_reverse, own_names.check_addresses),
)


@pytest.mark.parametrize("smtp_url", [RELAY, HERE])
async def test_without_a_network_nothing_is_wrong_with_the_names(smtp_url: str) -> None:
    away = make_patient(smtp_url=smtp_url, names=names_of(None))

    found = [await look(away) for look in CHECKS]

    assert {one.severity for one in found} == {"skipped"}
    assert not any(one.needless for one in found if "interrogé" in one.what), "nobody knows"
    assert sum("n’a pas pu être interrogé" in one.what for one in found) >= 5


@pytest.mark.parametrize(
    "smtp_url", [None, "smtp://localhost", "smtp://localhost?from=declic@localhost", "smtp://h?from=a@[1]"]
)
async def test_where_no_mail_leaves_in_the_name_of_a_domain_there_is_nothing_to_look_at(smtp_url: str | None) -> None:
    nowhere = make_patient(url="http://127.0.0.1:8000", smtp_url=smtp_url, names=names_of({}))

    found = [await look(nowhere) for look in CHECKS]

    assert {(one.severity, one.needless) for one in found} == {("skipped", True)}
