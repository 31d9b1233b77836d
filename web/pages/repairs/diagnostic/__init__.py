"""The diagnostic: questions with big buttons, where they end, and how the cooperative writes them."""
