"""Answers that the team keeps ready for people who ask to join: yes, no, and "tell us more". They are settings."""

from typing import get_args

from models.preference_values import AnswerKind

KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)

MOST = 9
"""Answers that are kept ready, of all kinds together."""

TITLE_LIMIT, WORDS_LIMIT = 60, 2000
"""Characters of each."""
