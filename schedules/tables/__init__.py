"""Tables of what should happen. Importing this package makes every table known by its name."""

from schedules.tables import deliveries, obligations

__all__ = ["deliveries", "obligations"]
