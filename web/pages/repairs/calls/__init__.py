"""The call for help with a bike: its short form, who passes by without an account, and the page of the caller."""
