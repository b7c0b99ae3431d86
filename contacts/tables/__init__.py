"""Tables of the lists, one noun a file. Importing this package makes every table known by its name."""

from contacts.tables import officers, pairings, records, stakeholders, units

__all__ = ["officers", "pairings", "records", "stakeholders", "units"]
