"""Yearly dues: until when each member has paid them, who is to be reminded, and what waits for the team."""
