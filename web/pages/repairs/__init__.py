"""Repairs: pages for whoever has a bike that broke down, and for whoever mends it."""
