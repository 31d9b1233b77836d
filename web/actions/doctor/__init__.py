"""What may be wrong with an instance, looked at on request: `declic doctor` and the page of the operation's health."""
