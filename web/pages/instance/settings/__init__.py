"""The settings of the cooperative, page by page, and their history."""
