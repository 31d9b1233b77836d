"""What a charter and an own page become as HTML: their marks have their effect, and nothing of them can run."""

import time

import pytest
from lxml import html

from federation.texts.html_cleaner import TAGS
from web.rendering.document_text import write_document, write_page

ORIGIN = "https://lomme.test"

ALLOWED = {"href", "rel", "title", "start"}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="https://a.test" onclick="alert(1)">x</a>',
        '# <svg onload="alert(1)">',
        "- <iframe src=https://a.test></iframe>",
        "1. <style>*{display:none}</style>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//evil.test/a)",
        "[x](/\\evil.test/a)",
        "[x](https://lomme.test@evil.test/a)",
        '[x](https://a.test "t\\" onmouseover=\\"alert(1)")',
        "![x](javascript:alert(1))",
        "![x](https://a.test/follow.png)",
        "![<script>](data:image/svg+xml,<svg/onload=alert(1)>)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "**<b onmouseover=alert(1)>**",
        "`<script>alert(1)</script>`",
        '<form action="https://evil.test"><input name=password></form>',
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        '</div></main><base href="https://evil.test">',
        "{{ 7 * 7 }} {% raw %}",
    ],
)
def test_nothing_in_the_markdown_of_an_own_page_can_run(text: str) -> None:
    written = html.fragment_fromstring(str(write_page(text, ORIGIN)), create_parent="div")

    for one in written.iter():
        assert one.tag in TAGS | {"div", "h2", "ul", "ol", "li"}, one.tag
        assert {*one.attrib} <= ALLOWED, dict(one.attrib)
        href = one.get("href", ORIGIN)
        assert href.startswith(("https://a.test", f"{ORIGIN}/")) or href in (ORIGIN, one.text), href


def test_marks_have_their_effect() -> None:
    text = (
        "# Nos *valeurs*\n**Gras**, *penché* et `code`\ndeux\n\n- [les annonces](/annonces) de https://a.test/x\n- b\n"
    )

    written = str(write_page(text, ORIGIN))

    rel = 'rel="nofollow noopener noreferrer"'
    assert written.startswith(
        "<h2>Nos *valeurs*</h2><p><strong>Gras</strong>, <em>penché</em> et <code>code</code><br>"
    )
    assert f'<ul><li><p><a href="{ORIGIN}/annonces" {rel}>les annonces</a> de <a href="https://a.test/x"' in written


def test_each_list_of_a_page_counts_for_itself_and_hours_are_no_list() -> None:
    text = "1. un\n2. deux\n\nEt puis\n\n1. trois\n\n14 – 18 h : accueil"

    assert str(write_page(text, ORIGIN)).count("<ol>") == 2
    assert str(write_page(text, ORIGIN)).endswith("<p>14 – 18 h : accueil</p>")
    assert '<ol start="3">' in write_document(text), "a charter counts its rules through"


def test_a_mailbox_is_named_where_its_link_cannot_stand() -> None:
    written = str(write_page("[Écrivez-nous](mailto:a@b.test), ou <c@d.test>", ORIGIN))

    assert written == "<p>Écrivez-nous (a@b.test), ou c@d.test</p>"


@pytest.mark.parametrize("mark", ["[", "*", "[a](", "`", "<", "https://a.b/", "- <\n"])
def test_the_longest_page_of_marks_alone_is_written_soon(mark: str) -> None:
    before = time.process_time()

    write_page("\n\n".join([mark * (1_900 // len(mark))] * 20), ORIGIN)

    assert time.process_time() - before < 3
