"""Style sheets lose what only their writers need, and nothing else."""

import re

import pytest

from web.rendering.assets import FOLDER, load_assets
from web.rendering.packed_css import pack

SHEETS = ("tokens.css", "base.css", "components.css")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a {\n  color: red;\n  margin: 0 auto;\n}\n", "a{color:red;margin:0 auto}"),
        ("/* why */\na { color: red; } /* so */", "a{color:red}"),
        ("/*! licence */\na { b: c; }", "/*! licence */ a{b:c}"),
        (".a :is(b, i) {}\n.a:is(b) {}", ".a :is(b,i){}.a:is(b){}"),
        ("ul > li + li {}", "ul>li + li{}"),
        ("a { inline-size: calc(100% - 2 * (1px + 3px)); }", "a{inline-size:calc(100% - 2 * (1px + 3px))}"),
        ("a::after { content: \"a ; } /* b */ 'c'\"; }", "a::after{content:\"a ; } /* b */ 'c'\"}"),
        ("a { background: url(data:x;y, z) 0 0; }", "a{background:url(data:x;y, z) 0 0}"),
        (
            "@media (min-width: 56em) and (max-height: 30em) {\n  a { b: c; }\n}",
            "@media (min-width:56em) and (max-height:30em){a{b:c}}",
        ),
        (
            "@layer reset, tokens;\n\n@layer reset {\n  * { margin: 0; }\n}",
            "@layer reset,tokens;@layer reset{*{margin:0}}",
        ),
        ("a { display: none !important; --x: 1px / 2; }", "a{display:none !important;--x:1px / 2}"),
        ("a\n  b {}", "a b{}"),
        ("", ""),
    ],
)
def test_spaces_go_where_they_mean_nothing(written: str, sent: str) -> None:
    assert pack(written) == sent
    assert pack(sent) == sent


@pytest.mark.parametrize("broken", ["a { b: c; /* and so on", 'a { content: "x; }', "a { background: url(x; }"])
def test_what_does_not_end_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match="not a style sheet"):
        pack(broken)


@pytest.mark.parametrize("name", SHEETS)
def test_our_style_sheets_are_sent_packed(name: str) -> None:
    written, assets = (FOLDER / name).read_text(), load_assets()
    sent = assets.files[assets.urls[name].removeprefix("/static/")].body.decode()

    def without_spaces(text: str) -> str:
        return re.sub(r"\s+|;(?=\s*})", "", re.sub(r"url\([^)]*\)|/\*.*?\*/", "", text, flags=re.DOTALL))

    assert "\n" not in sent and "/*" not in sent and len(sent) < 0.75 * len(written)
    assert without_spaces(sent) == without_spaces(written)
