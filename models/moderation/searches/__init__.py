"""Reports and accounts looked for."""
