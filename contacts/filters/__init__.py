"""Filters of the lists, one noun a file."""
