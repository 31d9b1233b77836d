"""What others tell of bikes that broke down, and of who repairs them."""
