"""The models, one noun a file; import them from here."""

from contacts.models.audit import Actor, AuditEntry
from contacts.models.conduct import (
    ConductAssignment,
    ConductConsent,
    ConductNote,
    ConductOpening,
    ConductReport,
    ConductSource,
    Sealed,
)
from contacts.models.feedback import Feedback, FeedbackQuerySet, FeedbackStep, Topic
from contacts.models.handovers import Handover, HandoverLine
from contacts.models.imports import ColumnMapping, ImportBatch, ImportRow
from contacts.models.journal import Journal, JournalLine
from contacts.models.merges import Distinct, Merge
from contacts.models.officers import Officer, UnitRole
from contacts.models.pairings import Pairing
from contacts.models.records import ContactRecord
from contacts.models.repairing import RepairingRequest
from contacts.models.saved_views import SavedView
from contacts.models.stakeholders import ContactPhone, Seat, Stakeholder, StakeholderQuerySet
from contacts.models.stand_ins import StandIn
from contacts.models.turnovers import Turnover, TurnoverLine
from contacts.models.units import Unit, UnitPast

__all__ = [
    "Actor",
    "AuditEntry",
    "ColumnMapping",
    "ConductAssignment",
    "ConductConsent",
    "ConductNote",
    "ConductOpening",
    "ConductReport",
    "ConductSource",
    "ContactPhone",
    "ContactRecord",
    "Distinct",
    "Feedback",
    "FeedbackQuerySet",
    "FeedbackStep",
    "Handover",
    "HandoverLine",
    "ImportBatch",
    "ImportRow",
    "Journal",
    "JournalLine",
    "Merge",
    "Officer",
    "Pairing",
    "RepairingRequest",
    "SavedView",
    "Sealed",
    "Seat",
    "Stakeholder",
    "StakeholderQuerySet",
    "StandIn",
    "Topic",
    "Turnover",
    "TurnoverLine",
    "Unit",
    "UnitPast",
    "UnitRole",
]
