"""The door for other servers: documents, collections, inboxes, discovery."""
