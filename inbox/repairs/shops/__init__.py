"""Shops elsewhere: what they take, and which of them their cooperatives list."""
