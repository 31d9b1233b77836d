"""The shipped words: loaded once, both ways round, kinds of kinds, labels of categories."""

from models.searches.language.everyday_words import load_everyday_words, name_things, relate_things
from models.store.database import fetch_value
from tests.models.searches.conftest import Territory

LINES = [
    ("bécane", "same", "vélo", "velo"),
    ("biclou", "same", "vélo", "velo"),
    ("vélo adulte", "kind", "vélo", "velo-adulte"),
    ("fixie", "kind", "vélo adulte", "velo-adulte"),
    ("béquille", "use", "entorse", "sante"),
]


async def test_the_list_is_loaded_once(territory: Territory) -> None:
    assert await load_everyday_words(territory.conn) is False
    assert await fetch_value(territory.conn, "SELECT count(*) > 3000 FROM everyday_word")
    assert await fetch_value(territory.conn, "SELECT shipped FROM known_word WHERE word = 'becane'")


def test_words_that_mean_the_same_have_one_thing() -> None:
    things = name_things(LINES)

    assert things["bécane"] == things["biclou"] == things["vélo"] == {"vélo"}
    assert things["fixie"] == {"fixie"} and things["camping"] == {"camping"}


def test_a_thing_leads_to_its_kinds_and_theirs_and_to_what_serves_for_it() -> None:
    related = set(relate_things(LINES, name_things(LINES)))

    assert {("vélo", "kind", "vélo adulte"), ("vélo", "kind", "fixie"), ("fixie", "wider", "vélo adulte")} <= related
    assert ("entorse", "use", "béquille") in related and ("béquille", "use", "entorse") not in related
    assert ("béquille", "shelf", "c=sante") in related and ("fixie", "kind", "vélo") not in related
