"""Whole servers, as in stories."""

from tests.stories.conftest import make_server

__all__ = ["make_server"]
