"""What the acts of an exchange are called, for whoever names them without doing one."""

from typing import Literal

Name = Literal["accept", "refuse", "withdraw", "cancel", "out", "back", "done", "unreport", "ask_again"]
