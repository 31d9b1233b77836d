"""The verbs of agreements."""
