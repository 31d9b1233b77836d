"""Pictures as they are kept and shown."""
