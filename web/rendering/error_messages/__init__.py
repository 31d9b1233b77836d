"""What each refusal says."""
