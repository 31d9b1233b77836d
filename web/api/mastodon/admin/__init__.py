"""What those who moderate do by an app."""
