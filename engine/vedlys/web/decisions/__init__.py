"""The decision log: what was decided of which facts, kept beside the requests, and decided again on demand."""
