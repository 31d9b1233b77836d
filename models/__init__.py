"""What is true: records, the SQL that reads and changes them, settings, and the database that comes along."""
