#!/usr/bin/env python3
"""Does with a folder what `sftp -b -` does with another machine; says what it was called with, and may refuse."""

import os
import shlex
import shutil
import sys
from pathlib import Path

FOLDER = Path(os.environ["SFTP_FOLDER"])


def place(path: str) -> Path:
    """Where that machine has it."""
    return FOLDER / path.lstrip("/")


def say(words: str) -> None:
    """On its standard output."""
    sys.stdout.write(f"{words}\n")


def obey(command: str, words: list[str]) -> None:
    """One line of the batch."""
    if command == "mkdir":
        place(words[0]).mkdir(exist_ok=False)
    elif command == "ls":
        say("\n".join(f"{words[1]}/{path.name}" for path in sorted(place(words[1]).iterdir())))
    elif command == "put":
        shutil.copy(words[1], place(words[2]))
    elif command == "get":
        shutil.copy(place(words[0]), words[1])
    elif command == "rename":
        place(words[0]).rename(place(words[1]))
    elif command == "rm":
        place(words[0]).unlink()
    else:
        sys.exit(f"Invalid command: {command}")


(FOLDER / "called").write_text(" ".join(sys.argv[1:]))
if (FOLDER / "refusal").exists():
    sys.exit((FOLDER / "refusal").read_text())
for line in sys.stdin.read().splitlines():
    say(f"sftp> {line}")
    command, *words = shlex.split(line)
    try:
        obey(command.removeprefix("-"), words)
    except OSError as error:
        if not command.startswith("-"):
            sys.exit(f"{error.strerror}")
