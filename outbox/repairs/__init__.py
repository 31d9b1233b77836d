"""Repairs: what our people do about a bike that broke down."""
