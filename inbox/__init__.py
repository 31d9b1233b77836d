"""What others tell us: received and committed first, then resolved and handled, one handler for each activity."""
