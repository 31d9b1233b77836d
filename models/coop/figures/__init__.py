"""What happens in the cooperative, month by month, as sums that stay true and may be shown to everybody."""
