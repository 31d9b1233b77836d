"""The cooperative's questions and the answers kept ready, and the ways to join."""

import pytest

from models import preferences
from models.preference_values import CannedAnswer, SignUpQuestion
from models.preferences import Registration
from models.store.database import connection
from tests.web.applicants import choose, words_of
from tests.web.form_client import Doorbell, Visitor, add_member

PAGE = "/coop/reglages/arrivees"


@pytest.fixture
async def nadia(door: Doorbell) -> Visitor:
    """She administers."""
    await add_member(door.instance, "nadia", roles=["admin"])
    visitor = await door.ring()
    await visitor.log_in("nadia")
    return await visitor.open(PAGE)


async def test_questions_and_answers_are_kept_and_come_back(nadia: Visitor, door: Doorbell) -> None:
    fields = {
        "question_1": "Qu’aimeriez-vous prêter ?",
        "required_1": "1",
        "question_3": "Par qui nous connaissez-vous ?",
        "title_yes_1": "Bienvenue",
        "answer_yes_1": "Bonjour [prénom] !",
        "title_no_1": "Plus près",
        "answer_no_1": "Voyez Hénin.",
        "closed_words": "Nous rouvrons en mai.",
    }
    await nadia.send(PAGE, fields)

    assert "C’est enregistré" in nadia.text and "Bonjour [prénom] !" in nadia.text
    async with connection(door.instance.pool) as conn:
        chosen = await preferences.load(conn)
    assert chosen.questions == (
        SignUpQuestion(text="Qu’aimeriez-vous prêter ?", required=True),
        SignUpQuestion(text="Par qui nous connaissez-vous ?"),
    )
    assert chosen.canned_answers == (
        CannedAnswer(kind="yes", title="Bienvenue", words="Bonjour [prénom] !"),
        CannedAnswer(kind="no", title="Plus près", words="Voyez Hénin."),
    )
    await nadia.send(PAGE, {"closed_words": ""})
    async with connection(door.instance.pool) as conn:
        chosen = await preferences.load(conn)
    assert (chosen.questions, chosen.canned_answers) == ((), ())


async def test_what_stood_before_is_in_the_history_and_comes_back(nadia: Visitor, door: Doorbell) -> None:
    await nadia.send(PAGE, {"title_yes_1": "Bienvenue", "answer_yes_1": "Bonjour [prénom] !"})
    await nadia.send(PAGE, {"title_yes_1": "Bienvenue", "answer_yes_1": "Salut [prénom] !"})
    await nadia.open("/coop/reglages/historique?page=arrivees")
    said = "« Bienvenue : Bonjour [prénom] ! » est devenu « Bienvenue : Salut [prénom] ! »"
    assert said in words_of(nadia.text)

    await nadia.send("/coop/reglages/historique")

    async with connection(door.instance.pool) as conn:
        chosen = await preferences.load(conn)
    assert chosen.canned_answers == (CannedAnswer(kind="yes", title="Bienvenue", words="Bonjour [prénom] !"),)


async def test_the_second_of_two_administrators_sees_what_the_first_saved(nadia: Visitor, door: Doorbell) -> None:
    await add_member(door.instance, "awa", roles=["admin"])
    awa = await door.ring()
    await awa.log_in("awa")
    await awa.open(PAGE)
    await nadia.send(
        PAGE, {"question_1": "Qui vous envoie ?", "title_no_1": "Plus près", "answer_no_1": "Voyez Hénin."}
    )

    await awa.send(PAGE, {"question_1": "D’où venez-vous ?", "closed_words": "En mai."})

    assert awa.status == 409 and "Quelqu’un a changé la même chose" in awa.text
    assert "« rien » est devenu « Qui vous envoie ? »" in words_of(awa.text)
    typed = {name: awa.text.count(f'value="{name}"') for name in ("D’où venez-vous ?", "Plus près")}
    assert typed == {"D’où venez-vous ?": 1, "Plus près": 1}, "hers stays, what she left alone is as it is now"
    fields = {"question_1": "D’où venez-vous ?", "title_no_1": "Plus près", "answer_no_1": "Voyez Hénin."}
    await awa.send(PAGE, fields | {"closed_words": "En mai."})
    async with connection(door.instance.pool) as conn:
        chosen = await preferences.load(conn)
    assert chosen.questions == (SignUpQuestion(text="D’où venez-vous ?"),)
    assert [one.title for one in chosen.canned_answers] == ["Plus près"] and chosen.closed_words == "En mai."


async def test_what_was_typed_wrongly_stays_whoever_saved_meanwhile(nadia: Visitor, door: Doorbell) -> None:
    await add_member(door.instance, "awa", roles=["admin"])
    awa = await door.ring()
    await awa.log_in("awa")
    await awa.open(PAGE)
    await nadia.send(PAGE, {"title_no_1": "Plus près", "answer_no_1": "Voyez Hénin."})

    await awa.send(PAGE, {"answer_yes_2": "Bienvenue à toutes."})
    assert awa.status == 422 and "Bienvenue à toutes." in awa.text
    await awa.send(PAGE, {"title_yes_2": "Bonjour", "answer_yes_2": "Bienvenue à toutes."})

    assert awa.status == 409 and "Quelqu’un a changé la même chose" in awa.text, "her answers would undo the other's"
    assert "Bienvenue à toutes." in awa.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("question_1", "x" * 201),
        ("title_yes_1", "x" * 61),
        ("answer_no_1", "x" * 2001),
        ("closed_words", "x" * 501),
        ("answer_more_1", "Dites-nous-en plus."),
        ("title_more_1", "Dites-nous-en plus"),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_nothing_is_lost(nadia: Visitor, field: str, typed: str) -> None:
    await nadia.send(PAGE, {"question_2": "Qui vous envoie ?", field: typed})

    missing = {"answer_more_1": "title_more_1", "title_more_1": "answer_more_1"}.get(field, field)
    assert nadia.status == 422 and f'href="#{missing}"' in nadia.text
    assert "Qui vous envoie ?" in nadia.text and typed[:60] in nadia.text


async def test_settings_of_the_cooperative_keep_the_questions(nadia: Visitor, door: Doorbell) -> None:
    await nadia.send(PAGE, {"question_1": "Qui vous envoie ?"})
    await nadia.open("/coop/reglages/inscriptions")
    await nadia.send("/coop/reglages/inscriptions", {"registration": "invitation"})

    assert nadia.status == 200, words_of(nadia.text)
    async with connection(door.instance.pool) as conn:
        chosen = await preferences.load(conn)
    assert chosen.registration == "invitation" and chosen.questions == (SignUpQuestion(text="Qui vous envoie ?"),)


@pytest.mark.parametrize(("way", "said"), [("invitation", "on entre avec une invitation"), ("closed", "de vive voix")])
async def test_closed_ways_say_why_in_the_cooperatives_words(door: Doorbell, way: Registration, said: str) -> None:
    await choose(door.instance, way, closed_words="Nous rouvrons en mai.")
    visitor = await door.ring()

    await visitor.open("/inscription")

    assert said in visitor.text and "Nous rouvrons en mai." in visitor.text and 'name="username"' not in visitor.text
    assert "/inscription" not in (await visitor.open("/")).text
