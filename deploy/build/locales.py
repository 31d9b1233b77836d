"""Refresh the catalogues: every sentence of templates and Python code, with the translations that there are.

Run it after changing a text: `.venv/bin/python -m deploy.build.locales`. It says what is still to be translated.
A test holds that nothing is.
"""

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[2]

TEMPLATES = ROOT / "web" / "templates"

LOCALES = ROOT / "web" / "locales"

CODE = ("web", "outbox/builders/texts/communities.py", "outbox/builders/texts/reasons.py")
"""Where Python code says sentences to people."""

CALLS = {"say": (0, 1), "N_": (0,), "fail": (1,), "_say": (0,)}
"""Functions that say a sentence, and where among their arguments it may stand."""

MARK = "N_"
"""Marks what is said elsewhere: also a single word, which it would not mark if it were a code."""

KEYWORDS = frozenset({"missing"})

FIELDS = frozenset({"REFUSALS", "NOES"})
"""Names of tables from codes to sentences."""

Message = str | tuple[str, str]


def list_messages() -> dict[Message, list[str]]:
    """Every sentence, and the files where it stands."""
    found: dict[Message, list[str]] = {}
    for path in sorted(TEMPLATES.rglob("*")):
        if path.suffix in {".html", ".txt"}:
            for message in read_template(path):
                found.setdefault(message, []).append(path.relative_to(ROOT).as_posix())
    for place in CODE:
        paths = sorted((ROOT / place).rglob("*.py")) if (ROOT / place).is_dir() else [ROOT / place]
        for path in paths:
            for sentence in read_code(path) if "commands" not in path.parts else ():
                found.setdefault(sentence, []).append(path.relative_to(ROOT).as_posix())
    return found


def read_template(path: Path) -> Iterator[Message]:
    """The sentences of one template; one and many are a pair."""
    options = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do", "newstyle_gettext": "true"}
    for _, _, message, _ in babel_extract(BytesIO(path.read_bytes()), ("_", "gettext", "ngettext"), (), options):
        if isinstance(message, tuple):
            words = tuple(part for part in message if isinstance(part, str))
            yield (words[0], words[1]) if len(words) > 1 else words[0]
        elif message:
            yield message


def read_code(path: Path) -> Iterator[str]:
    """The French sentences of one module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield from _read_call(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and _is_field(node):
            yield from _strings(node.value)


def _read_call(node: ast.Call) -> Iterator[str]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for place in CALLS.get(name, ()):
        if place < len(node.args):
            yield from _strings(node.args[place], single=name == MARK)
    for keyword in node.keywords:
        if keyword.arg in KEYWORDS:
            yield from _strings(keyword.value)


def _is_field(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id in FIELDS for target in targets)


def _strings(node: ast.expr | None, *, single: bool = False) -> Iterator[str]:
    """A sentence in words: unless a `single` one may be meant, what has no space in it is a name or a code."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and (single or " " in node.value):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _strings(value)


def refresh(language: str, messages: dict[Message, list[str]]) -> list[str]:
    """Write the catalogue of one language; what has no translation yet. In French only the plurals need any."""
    path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as source:
        held = read_po(source, locale=language)
    catalog = Catalog(locale=language, fuzzy=False, header_comment="", project="Déclic", version="1")
    missing = []
    counted = {message[0] for message in messages if not isinstance(message, str)}
    for message, places in sorted(messages.items(), key=lambda pair: str(pair[0])):
        if isinstance(message, str) and (language == "fr" or message in counted):  # one of many says it alone too
            continue
        before = held.get(message if isinstance(message, str) else message[0])
        translated = message if language == "fr" else (before.string if before is not None else None)
        if isinstance(translated, str) is not isinstance(message, str):
            translated = None  # it became one and many, or stopped being that
        if not translated or not all([translated] if isinstance(translated, str) else translated):
            missing.append(str(message))
            translated = "" if isinstance(message, str) else ("", "")
        catalog.add(message, translated, locations=[(place, None) for place in sorted(set(places))])  # type: ignore[misc]  # places without a line, which Babel takes
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True, sort_output=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals=2; plural={"(n > 1)" if language == "fr" else "(n != 1)"};\\n"\n\n'
    )
    path.write_bytes(header.encode() + out.getvalue())
    return missing


def main() -> int:
    """Refresh all languages; 1 when something is left to translate."""
    messages = list_messages()
    left = 0
    for language in sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir()):
        missing = refresh(language, messages)
        left += len(missing)
        print(f"{language}: {len(messages)} sentences, {len(missing)} to translate")
        for sentence in missing:
            print(f"  {sentence}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
