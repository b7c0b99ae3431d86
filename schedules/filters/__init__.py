"""Filters of the lists of what should happen."""
