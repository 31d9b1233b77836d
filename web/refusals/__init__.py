"""What each refusal says to people and apps, in their language."""
