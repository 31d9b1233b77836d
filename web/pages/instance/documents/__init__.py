"""The charter and the terms of use: written, published, read, accepted."""
