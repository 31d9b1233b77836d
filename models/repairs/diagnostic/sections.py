"""One section of the text read carefully: bounded, each mistake noted with its line, a usable value all the same."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from models.errors import Invalid
from models.repairs.diagnostic.yaml_source import Fault, SourceEntry
from models.texts import NOT_TYPED

Code = TypeVar("Code")

WORDS_LIMIT = 120
"""Characters of what stands on one line: a title, a button."""

SENTENCES_LIMIT = 600
"""Characters of what is said in sentences."""

FLAGS: Mapping[str, bool] = {"oui": True, "non": False}


class Section:
    """The values of a section; what nobody reads is a mistake too (`finish`)."""

    def __init__(self, entry: SourceEntry, faults: list[Fault]) -> None:
        """`faults` takes what is wrong, in the order in which it is read."""
        self.line, self.faults = entry.line, faults
        self._read: set[str] = set()
        self._values: Mapping[str, SourceEntry] = entry.value if isinstance(entry.value, Mapping) else {}
        if not isinstance(entry.value, Mapping):
            self.fail(entry.line, Invalid("diagnostic_section_expected"))

    def fail(self, line: int, reason: Invalid) -> None:
        """Note a mistake."""
        self.faults.append(Fault(line=line, reason=reason))

    def find(self, name: str, *, needed: bool = True) -> SourceEntry | None:
        """What stands under this name; that it is missing is a mistake where it is `needed`."""
        self._read.add(name)
        entry = self._values.get(name)
        if needed and (entry is None or entry.value == ""):
            self.fail(entry.line if entry else self.line, Invalid("diagnostic_missing", name=name))
        return entry

    def text(self, name: str, *, limit: int = WORDS_LIMIT, needed: bool = True) -> str:
        """Words on one line, spaces put in order."""
        entry = self.find(name, needed=needed)
        return self.words_of(entry, name, limit) if entry is not None else ""

    def words_of(self, entry: SourceEntry, name: str, limit: int) -> str:
        """The words of an entry."""
        if not isinstance(entry.value, str):
            self.fail(entry.line, Invalid("diagnostic_text_expected", name=name))
            return ""
        words = " ".join(NOT_TYPED.sub("", entry.value).split())
        if len(words) > limit:
            self.fail(entry.line, Invalid("diagnostic_text_too_long", name=name, most=limit))
        return words[:limit]

    def choice(self, name: str, options: Mapping[str, Code], *, needed: bool = False) -> Code | None:
        """What one of the words of `options` stands for."""
        entry = self.find(name, needed=needed)
        if entry is None or entry.value == "":
            return None
        word = self.words_of(entry, name, WORDS_LIMIT)
        if word not in options:
            self.fail(
                entry.line, Invalid("diagnostic_word_unknown", name=name, word=word[:60], known=", ".join(options))
            )
        return options.get(word)

    def flag(self, name: str) -> bool | None:
        """`oui` or `non`; None where nothing is said."""
        return self.choice(name, FLAGS)

    def drawing(self, name: str, known: Collection[str], *, needed: bool = True) -> str:
        """A drawing of the shipped set."""
        return self.choice(name, {one: one for one in known}, needed=needed) or ""

    def items(self, name: str, *, fewest: int, most: int) -> tuple[SourceEntry, ...]:
        """A list of so many."""
        entry = self.find(name)
        if entry is None:
            return ()
        if not isinstance(entry.value, tuple):
            self.fail(entry.line, Invalid("diagnostic_list_expected", name=name))
            return ()
        if not fewest <= len(entry.value) <= most:
            self.fail(
                entry.line,
                Invalid("diagnostic_list_length", name=name, fewest=fewest, most=most, count=len(entry.value)),
            )
        return entry.value[:most]

    def sections(self, name: str) -> Mapping[str, SourceEntry]:
        """The sections below this name; none where there is no such name."""
        entry = self.find(name, needed=False)
        if entry is None or entry.value == "":
            return {}
        if not isinstance(entry.value, Mapping):
            self.fail(entry.line, Invalid("diagnostic_section_expected"))
            return {}
        return entry.value

    def finish(self) -> None:
        """Name what nobody reads: a slip of the pen would be lost otherwise."""
        for name, entry in self._values.items():
            if name not in self._read:
                self.fail(
                    entry.line, Invalid("diagnostic_name_unknown", name=name[:60], known=", ".join(sorted(self._read)))
                )
