"""Names in front of a message, as each server writes them."""

import pytest

from federation.texts.html_cleaner import clean, link_mention, to_text
from federation.texts.mentions import address_people, strip_mentions
from tests.inbox.posts.test_foreign_documents import published
from tests.payloads import load_json

URI, URL = "https://lomme.example/users/alice", "https://lomme.example/@alice"
ALICE = address_people([("alice", "lomme.example", URI, URL)])
BOTH = address_people([("alice", "lomme.example", URI, URL), ("bob", "localhost:8001", "http://b/u", "http://b/@bob")])

NAME = "@<span>alice</span>"

LINKS = {
    "mastodon": f'<p><span class="h-card" translate="no"><a href="{URL}" class="u-url mention">{NAME}</a></span> ',
    "gotosocial": f'<p><span class="h-card"><a href="{URL}" class="u-url mention" rel="me">{NAME}</a></span> ',
    "pleroma": f'<span class="h-card"><a class="u-url mention" href="{URI}" rel="ugc">@<span>alice</span></a></span> ',
    "misskey": f'<p><a href="{URL}" class="u-url mention">@alice@lomme.example</a> ',
    "friendica": f'<bdi>@<a href="{URI}" class="userinfo mention" title="alice">alice</a></bdi> ',
    "friendica before its text": f'@<a href="{URI}" class="userinfo mention">alice</a>: ',
    "hubzilla": f'@<span class="h-card"><a href="{URI}" class="u-url mention">Alice</a></span> ',
    "wordpress": f'<p><a rel="mention" class="u-url mention" href="{URL}">@<span>alice</span></a> ',
    "snac, linked": f'<p><a href="{URI}" class="mention u-url">@alice@lomme.example</a> ',
    "snac, a plain link": f'<p><a href="{URL}">@alice@lomme.example</a><br>',
    "snac, plain": "<p>@alice@lomme.example ",
    "typed": "<p>@Alice, ",
    "in a paragraph of its own": f'<p><a href="{URI}" class="mention">@alice</a></p><p>',
}


@pytest.mark.parametrize("form", LINKS.values(), ids=LINKS.keys())
def test_a_name_in_front_is_left_out_however_it_is_written(form: str) -> None:
    closed = "</p>" if "<p>" in form else ""

    left = strip_mentions(clean(f"{form}Il est là{closed}"), ALICE)

    assert left in {"<p>Il est là</p>", "Il est là"}


def test_several_names_in_front_are_left_out() -> None:
    first, second = link_mention(URL, "alice"), "@bob@localhost:8001"

    assert strip_mentions(f"<p>{first} {second}&nbsp;Oui</p>", BOTH) == "<p>Oui</p>"
    assert strip_mentions(f"<p>{second}, {first} : oui</p>", BOTH) == "<p>oui</p>"


@pytest.mark.parametrize(
    "words", ["Est-elle libre ?", "est-elle libre ?", "A-t-elle servi ?", "etc.", "n’oubliez rien"]
)
def test_a_sentence_that_only_looks_as_if_it_went_on_loses_the_name(words: str) -> None:
    assert strip_mentions(f"<p>@alice {words}</p>", ALICE) == f"<p>{words}</p>"


MENTION = link_mention(URL, "alice")


@pytest.mark.parametrize(
    "html",
    [
        f"<p>Avec {MENTION}</p>",
        f"<p>{MENTION} et moi passons demain</p>",
        "<p>@alice a dit oui</p>",
        "<p>@carole je passe</p>",
        "<p>@alice@ailleurs.example je passe</p>",
        f"<p>{MENTION}</p>",
        '<p><a href="https://lomme.example/tags/alice" class="mention hashtag">#<span>alice</span></a> oui</p>',
        '<p><a href="https://ailleurs.example/@alice" class="mention">@<span>alice</span></a> oui</p>',
        f'<p><a href="{URL}">Le profil d’Alice</a> est là</p>',
        "<p>@alicette oui</p>",
        "<p>@alice/chemin</p>",
        "<p>alice@lomme.example est mon adresse</p>",
        "",
    ],
)
def test_the_rest_stays_as_it_is(html: str) -> None:
    assert strip_mentions(html, ALICE) == html


@pytest.mark.parametrize("name", ["akkoma/reply", "friendica/reply", "misskey/reply", "mastodon/create_note"])
def test_a_recorded_reply_begins_with_its_first_word(name: str) -> None:
    content = clean(published(load_json(name))["content"])

    text = to_text(strip_mentions(content, ALICE))

    assert to_text(content).startswith("@alice") and text and "@" not in text
