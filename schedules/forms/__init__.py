"""Forms of what should happen."""
