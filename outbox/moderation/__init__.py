"""Reports, and what strangers wrote."""
