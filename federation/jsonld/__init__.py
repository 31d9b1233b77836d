"""The child process around JSON-LD and long HTML."""
