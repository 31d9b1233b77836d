"""What Prometheus may read of a process."""
