"""Notifications and push."""
