"""The only client that calls other servers."""
