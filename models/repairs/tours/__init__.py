"""The tour of a day, for shops and people who go to where the bikes are; and where they say that they come by."""
