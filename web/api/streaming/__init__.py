"""The streaming API: what happens, told to clients at once, as server-sent events or over a WebSocket."""
