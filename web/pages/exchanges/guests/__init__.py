"""People without any account, by mail."""
