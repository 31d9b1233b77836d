"""Other servers and cooperatives."""
