"""What comes from other software: lines that were read, and what was made of them."""
