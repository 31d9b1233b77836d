"""`declic members|listings|reports|journal`: the README says what belongs here."""
