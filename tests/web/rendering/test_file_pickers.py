"""A button whose file field is unseen has a place beside it that says what was chosen: nothing else would show it."""

import re
from pathlib import Path

from web.rendering.environments import FOLDER

PICKER = re.compile(r"file-picker.*?<input(?P<input>.*?)></label>(?P<after>\s*<span[^>]*>)?", re.DOTALL)

PREVIEWED = {"publish/photos.html"}
"""Where a script shows the photos themselves."""


def test_each_button_that_opens_a_file_says_what_was_chosen() -> None:
    silent = []
    for file in Path(FOLDER).rglob("*.html"):
        for found in PICKER.finditer(file.read_text(encoding="utf-8")):
            told = re.search(r'data-chosen="([\w-]+)"', found["input"])
            if told is None or f'id="{told[1]}"' not in (found["after"] or ""):
                silent.append(str(file.relative_to(FOLDER)))

    assert set(silent) == PREVIEWED
