"""The tour of a day, for who goes to where the bikes are; and where shops say that they come by."""
