"""The models, one noun a file; import them from here."""

from contacts.models.audit import Actor, AuditEntry
from contacts.models.conduct import ConductAssignment, ConductOpening, ConductReport, ConductSource
from contacts.models.feedback import Feedback, FeedbackQuerySet, FeedbackStep, Topic
from contacts.models.imports import ColumnMapping, ImportBatch, ImportRow
from contacts.models.officers import Officer, UnitRole
from contacts.models.pairings import Pairing
from contacts.models.records import ContactRecord
from contacts.models.stakeholders import ContactPhone, Seat, Stakeholder, StakeholderQuerySet
from contacts.models.units import Unit

__all__ = [
    "Actor",
    "AuditEntry",
    "ColumnMapping",
    "ConductAssignment",
    "ConductOpening",
    "ConductReport",
    "ConductSource",
    "ContactPhone",
    "ContactRecord",
    "Feedback",
    "FeedbackQuerySet",
    "FeedbackStep",
    "ImportBatch",
    "ImportRow",
    "Officer",
    "Pairing",
    "Seat",
    "Stakeholder",
    "StakeholderQuerySet",
    "Topic",
    "Unit",
    "UnitRole",
]
