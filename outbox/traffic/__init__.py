"""Keep, queue, deliver."""
