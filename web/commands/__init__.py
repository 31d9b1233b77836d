"""The commands of `declic`: one module per subject, each command a thin door to the same verbs as pages and API."""
