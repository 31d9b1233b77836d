"""Appointments: what the calendars say that shops of ours keep elsewhere."""
