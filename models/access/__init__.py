"""Who may come in: log-in and OAuth."""
