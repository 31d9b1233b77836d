"""The pages on which members see what is agreed, day by day."""
