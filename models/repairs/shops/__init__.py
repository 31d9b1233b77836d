"""Workshops and repairers who come by: what they repair, for how much, who runs them, and which of them appear."""
