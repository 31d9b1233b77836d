"""What pages of several subjects show."""
