"""The one cleaner: nothing gets through it that could act, track or deceive (B-41, B-42)."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.texts.html_cleaner import TAGS, clean, from_text, link_mention, to_text

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<style>*{display:none}</style>",
    "<form action=//evil><input name=password></form>",
    "<iframe src=//evil></iframe>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,x">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="//evil.test/">x</a>',
    '<a href="/relative">x</a>',
    '<a href="https://bank.example@evil.test/">x</a>',
    '<p style="position:fixed" onclick="x" id="contenu">x</p>',
    '<a class="bouton oui" href="https://a.example/">x</a>',
    "<!-- <p> --!> <img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p><textarea><img title='</textarea><img src onerror=alert(1)>'></p>",
    "<scr<script>ipt>alert(1)</script>",
    "<h1 onclick=alert(1)>x</h1><div onclick=alert(1)>y</div>",
    "<b>unclosed <i>more",
    "\u202e<p>\x00</p>",
]

ALLOWED = {"a": {"href", "class", "rel"}, "span": {"class"}, "ol": {"start", "reversed"}, "li": {"value"}}


class Checker(HTMLParser):
    """Fails on whatever the rules do not allow; `seen` is what it saw, attributes in order of name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[object] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, sorted(attrs)))
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ALLOWED.get(tag, set())
        values = dict(attrs)
        if tag == "a":
            assert values["rel"] == "nofollow noopener noreferrer"
            assert re.match(r"https?://[^/@]+(/|$|\?|#)", values.get("href") or "https://none/")
        for name in (values.get("class") or "").split():
            assert re.fullmatch(r"(h|p|u|dt|e)-[\w-]+|mention|hashtag|invisible|ellipsis", name)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_out_harmless(attack: str) -> None:
    cleaned = clean(attack)

    Checker(cleaned)
    assert "alert(1)" not in re.sub(r"ipt&gt;alert\(1\)", "", cleaned)


@given(st.text(max_size=200), st.lists(st.sampled_from(ATTACKS), max_size=3))
def test_any_mixture_comes_out_harmless_and_stays_as_it_is(text: str, attacks: list[str]) -> None:
    cleaned = clean(text.join(["", *attacks, ""]))

    assert Checker(clean(cleaned)).seen == Checker(cleaned).seen


def test_what_mastodon_writes_survives() -> None:
    html = (
        '<p><span class="h-card"><a href="https://a.example/@bob" class="u-url mention">@<span>bob</span></a></span> '
        '<a href="https://a.example/tags/velo" class="mention hashtag" rel="tag">#<span>velo</span></a><br>'
        '<a href="https://b.example/"><span class="invisible">https://</span><span class="ellipsis">b</span></a></p>'
    )

    cleaned = clean(html)

    assert cleaned.count("<a ") == 3
    assert 'class="h-card"' in cleaned
    assert 'class="u-url mention"' in cleaned
    assert 'class="mention hashtag"' in cleaned
    assert 'class="invisible"' in cleaned


def test_headings_and_boxes_become_paragraphs() -> None:
    assert clean("<h2>Titre</h2><div>Un</div><div><p>Deux</p></div>") == "<p>Titre</p><p>Un</p><p>Deux</p>"


def test_what_is_struck_out_stays_struck_out() -> None:
    for struck in ("<del>oui</del>", "<s>oui</s>", "<strike>oui</strike>"):
        assert clean(f"<p>{struck} non</p>") == "<p><del>oui</del> non</p>", "without it, it would say the contrary"


def test_text_has_a_line_for_each_line() -> None:
    html = "<p>Un &amp; deux<br>trois</p><ul><li>a</li><li>b</li></ul><script>x</script><p>&lt;fin&gt;</p>"

    assert to_text(html) == "Un & deux\ntrois\n\n- a\n- b\n\n<fin>"


def test_typed_text_becomes_paragraphs_with_links() -> None:
    html = from_text("Voir https://a.example/?b=1&c=2.\r\nMerci <3\n\n\nSecond")

    assert html == (
        '<p>Voir <a href="https://a.example/?b=1&amp;c=2" rel="nofollow noopener noreferrer">'
        "https://a.example/?b=1&amp;c=2</a>.<br>Merci &lt;3</p><p>Second</p>"
    )


def test_typed_mentions_and_hashtags_are_linked_where_their_addresses_are_known() -> None:
    html = from_text(
        "@bob@henin.test et @carole : #Vélo @u1@127.2.3.1:9180.",
        mentions={"bob@henin.test": "https://henin.test/users/bob", "u1@127.2.3.1:9180": "http://127.2.3.1:9180/u1"},
        tag_url=lambda name: f"https://lomme.test/tags/{name.lower()}",
    )

    assert link_mention("https://henin.test/users/bob", "bob@henin.test") in html
    assert link_mention("http://127.2.3.1:9180/u1", "u1@127.2.3.1:9180") + "." in html
    assert "@carole" in html
    assert '<a href="https://lomme.test/tags/vélo" class="mention hashtag" rel="tag">#<span>Vélo</span></a>' in html


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "https://a.example@evil.test/", "ftp://a.example/", "//evil"])
def test_typed_addresses_that_deceive_stay_text(typed: str) -> None:
    assert "<a" not in from_text(typed)


@given(st.text(max_size=200))
def test_whatever_is_typed_comes_out_harmless(typed: str) -> None:
    Checker(from_text(typed))


@given(st.text(max_size=200))
def test_reading_text_never_fails(html: str) -> None:
    to_text(html)
