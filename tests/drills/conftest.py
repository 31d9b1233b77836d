"""Whole servers, as in stories."""

from tests.stories.conftest import make_server, only_rung

__all__ = ["make_server", "only_rung"]
