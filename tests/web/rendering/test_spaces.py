"""The end of a line behind a tag of Jinja is no space: sentences and what follows them would run together."""

import re
from pathlib import Path

from web.rendering.environments import FOLDER

GLUED = re.compile(
    r"""[.?!:](</b>)?\{%\ endtrans\ %\}(\{%\ endif\ %\})*\n
    (<(a|b|span|strong)[\ >] | \{%\ (if|trans)[^%]*%\}[^{\s]*\{%\ trans)""",
    re.VERBOSE,
)


def test_what_follows_a_sentence_stands_apart_from_it() -> None:
    read = {file: file.read_text(encoding="utf-8") for file in Path(FOLDER).rglob("*.html")}

    glued = {str(file): one[0] for file, text in read.items() for one in GLUED.finditer(text)}

    assert not glued, f'write {{{{ " " }}}} between them, or leave both in one line: {glued}'
