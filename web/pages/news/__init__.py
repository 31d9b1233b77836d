"""What is new, and mails."""
