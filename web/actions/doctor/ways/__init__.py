"""The ways in and out of an instance: the web server in front of it, what crawlers and maps get, stores, releases."""
