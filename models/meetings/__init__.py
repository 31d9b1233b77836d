"""Meetings: what is beside their listings."""
