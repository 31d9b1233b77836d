"""What the migrations say in words: comments beside tables, columns and indexes; the text of views and functions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

Name = TypeVar("Name", str, tuple[str, str])

_TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|;|[^-'$;]+|.", re.DOTALL)

_NAMED = re.compile(r"CREATE (?:OR REPLACE |CONSTRAINT |UNLOGGED |UNIQUE )?(VIEW|FUNCTION|TRIGGER|TABLE|INDEX) (\w+)")

_COLUMN = re.compile(r"^    (?!CHECK|UNIQUE|PRIMARY|FOREIGN|CONSTRAINT|EXCLUDE)(\w+) \S")

_INSIDE = re.compile(r"^    \S")

_ADDED = re.compile(r"\bADD COLUMN (\w+)")

_RENAMED = re.compile(r"ALTER (TABLE|INDEX) (\w+) RENAME (?:(COLUMN|CONSTRAINT) (\w+) )?TO (\w+);")

_SETTING = re.compile(r"(CREATE EXTENSION|CREATE TEXT SEARCH|ALTER TEXT SEARCH)\b")


@dataclass(frozen=True, slots=True)
class Sources:
    """Comments by name (of columns by table and column), texts by kind and name, and the order of tables.

    `settings` are the statements about extensions and searching, which are short and told by no catalogue as they are
    written.
    """

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    settings: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def place_of(self, table: str) -> int:
        """Which table it is, by when it was made; one that no migration makes (that of migrations) is the first."""
        return self.order.index(table) + 1 if table in self.order else 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a migration: the comment above it, its text, and what is said after it on its last line."""

    above: str
    text: str
    beside: str


def read_sources(migrations: Iterable[str]) -> Sources:
    """What all migrations say, in their order: later ones win."""
    sources = Sources()
    for sql in migrations:
        for statement in split(sql):
            _read(statement, sources)
    return sources


def split(sql: str) -> Iterator[Statement]:
    """The statements of a migration; a comment belongs to what it stands right above of, or beside."""
    above, text = "", ""
    tokens = [found[0] for found in _TOKEN.finditer(sql)]
    for number, token in enumerate(tokens):
        if token == ";":
            following = tokens[number + 1 : number + 3]
            joined = "".join(following)
            beside = re.match(r" *-- (.*)", joined)
            yield Statement(above, text.strip() + ";", beside[1].strip() if beside else "")
            above, text = "", ""
            if beside:
                tokens[number + 2] = ""
        elif token.startswith("--") and not text.strip():
            above = f"{above} {token[2:].strip()}".strip()
        else:
            if not text.strip() and "\n\n" in token:
                above = ""
            text += token


def _read(statement: Statement, sources: Sources) -> None:
    if _SETTING.match(statement.text):
        said = f"-- {statement.above}\n" if statement.above else ""
        sources.settings.append(said + statement.text)
        return
    if renamed := _RENAMED.fullmatch(statement.text):
        _rename(renamed, sources)
        return
    if statement.text.startswith("ALTER TABLE"):
        _read_added(statement, sources)
        return
    named = _NAMED.match(statement.text)
    if named is None:
        return
    kind, name = named[1], named[2]
    if kind == "TABLE":
        sources.order.append(name)
        sources.tables[name] = _plain(statement.above)
        sources.columns.update({(name, column): said for column, said in read_columns(statement.text)})
    elif kind == "INDEX":
        sources.indexes.update({name: said} if (said := _plain(statement.beside or statement.above)) else {})
    else:
        sources.texts[kind, name] = statement.text.replace("CREATE OR REPLACE ", "CREATE ")


def _read_added(statement: Statement, sources: Sources) -> None:
    """Columns that came later: what is said beside each, or above where there is only one."""
    table = statement.text.split()[2]
    names = _ADDED.findall(statement.text)
    lines = (statement.text + (f" -- {statement.beside}" if statement.beside else "")).split("\n")
    current = None
    for line in lines:
        code, _, said = line.partition("-- ")
        current = next(iter(_ADDED.findall(code)), current)
        if said and current:
            sources.columns[table, current] = " ".join([sources.columns.get((table, current), ""), said]).strip()
    if len(names) == 1 and statement.above and (table, names[0]) not in sources.columns:
        sources.columns[table, names[0]] = _plain(statement.above)


def _rename(found: re.Match[str], sources: Sources) -> None:
    """What was said of a table, column or index is said of its new name; names of constraints stand nowhere."""
    kind, name, part, old, new = found.groups()
    if part == "COLUMN":
        _move(sources.columns, (name, old), (name, new))
    elif kind == "INDEX":
        _move(sources.indexes, name, new)
    elif part is None:
        sources.order[:] = [new if one == name else one for one in sources.order]
        _move(sources.tables, name, new)
        for column in [column for table, column in sources.columns if table == name]:
            _move(sources.columns, (name, column), (new, column))


def _move(words: dict[Name, str], old: Name, new: Name) -> None:
    if old in words:
        words[new] = words.pop(old)


def read_columns(text: str) -> Iterator[tuple[str, str]]:
    """What is said beside each column of a table, or right above it."""
    said: dict[str, str] = {}
    current, above = "", ""
    for line in text.split("\n"):
        code, _, comment = line.partition("-- ")
        if found := _COLUMN.match(code):
            current = found[1]
            said[current], above = above, ""
        elif _INSIDE.match(code):  # a constraint of the table
            current = ""
        if not code.strip():
            above = f"{above} {comment}".strip()
        elif current:
            said[current] = f"{said[current]} {comment}".strip()
    return ((column, words) for column, words in said.items() if words)


def _plain(comment: str) -> str:
    """A comment without the headline of a section."""
    return re.sub(r"^.*-{10,} *", "", comment).strip()
