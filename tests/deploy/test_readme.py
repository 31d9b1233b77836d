"""What deploy/README.md says is there: its links lead somewhere, and it names every command, in both languages."""

import re
from pathlib import Path

import click
import pytest

from web.cli import COMMANDS, declic
from web.commands.team.french_names import FRENCH, find_english

TEXT = (Path(__file__).parents[2] / "deploy" / "README.md").read_text(encoding="utf-8")

TABLE = TEXT.partition("| to… | English | en français |")[2].partition("\n\n")[0]

OTHERS = ("account", "backup", "dues", "key", "listings", "media", "members", "pages", "peer", "reports", "rustine")

GROUPS = (*OTHERS, "settings", "token")

SAME = {"alias", "demo", "journal", "media", "pages", "role", "rustine", "usage"}
"""Words of both languages."""


def list_names(command: str) -> list[str]:
    """The commands of a group."""
    ctx = click.Context(declic)
    group = declic.get_command(ctx, command)
    assert isinstance(group, click.Group)
    return group.list_commands(ctx)


def test_each_link_leads_to_a_heading_and_each_part_stands_in_the_contents() -> None:
    headings = re.findall(r"^(##+) (.*)$", TEXT, re.M)
    anchors = {re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-"): level for level, words in headings}
    led = set(re.findall(r"\]\(#([^)]+)\)", TEXT))

    assert led <= set(anchors)
    assert {name for name, level in anchors.items() if level == "##"} - led <= {"films-and-sounds"}


def test_the_table_names_every_command() -> None:
    words = set(re.findall(r"[\w-]+", TABLE))

    assert [name for name in COMMANDS if name not in words] == []
    assert [f"{group} {name}" for group in GROUPS for name in list_names(group) if name not in words] == []


def test_every_command_has_a_french_name_and_the_table_has_it() -> None:
    words = set(re.findall(r"[\w-]+", TABLE))
    every = {*COMMANDS, *(name for group in GROUPS for name in list_names(group))}

    named = {english: french for french, several in FRENCH.items() for english in several if french in words}
    assert every - {*named, *SAME} == set()
    assert [french for french in FRENCH if find_english(french, every) is None] == ["proposer", "terminer"]


@pytest.mark.parametrize(
    ("group", "name"),
    [
        *(
            (("membres", "membre"), one)
            for one in ("confirmer", "role", "desactiver", "exporter", "inviter", "2fa-reset")
        ),
        *((("compte",), one) for one in ("creer", "supprimer", "mot-de-passe", "2fa-reset")),
        *((("annonces", "annonce"), one) for one in ("lister", "masquer", "purger")),
        *((("pair",), one) for one in ("lister", "niveau", "tester", "renvoyer", "rattraper", "blocages")),
        *((("media",), one) for one in ("usage", "purger-distants", "orphelins", "verifier")),
        (("cles", "cle"), "rotation"),
    ],
)
def test_what_operators_expect_answers_to_the_name_that_they_expect(group: tuple[str, ...], name: str) -> None:
    for one in group:
        ctx = click.Context(declic)
        found = declic.get_command(ctx, one)
        assert isinstance(found, click.Group) and found.get_command(ctx, name) is not None
