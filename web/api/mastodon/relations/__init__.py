"""Follows, blocks, lists, filters, hashtags, reports."""
