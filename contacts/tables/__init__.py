"""Tables of the lists, one noun a file. Importing this package makes every table known by its name."""

from contacts.tables import (
    appointments,
    feedback,
    officers,
    pairings,
    promises,
    records,
    reports,
    stakeholders,
    units,
)

__all__ = [
    "appointments", "feedback", "officers", "pairings", "promises", "records", "reports", "stakeholders", "units",
]  # fmt: skip
