"""Tables of the lists, one noun a file. Importing this package makes every table known by its name."""

from contacts.tables import feedback, officers, pairings, promises, records, reports, stakeholders, units

__all__ = ["feedback", "officers", "pairings", "promises", "records", "reports", "stakeholders", "units"]
