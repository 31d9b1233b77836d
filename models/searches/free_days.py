"""When: listings that are to be had on the days that somebody wants, as far as their calendars are known here."""

FREE = """
    true
"""
