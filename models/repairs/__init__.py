"""Repairs: what helps a bike that broke down."""
