"""The door for people: one module for each page or group of pages."""
