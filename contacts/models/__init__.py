"""The models, one noun a file; import them from here."""

from contacts.models.audit import Actor, AuditEntry
from contacts.models.conduct import ConductAssignment, ConductOpening, ConductReport, ConductSource
from contacts.models.feedback import Feedback, FeedbackQuerySet, FeedbackStep, Topic
from contacts.models.handovers import Handover, HandoverLine
from contacts.models.imports import ColumnMapping, ImportBatch, ImportRow
from contacts.models.journal import Journal, JournalLine
from contacts.models.merges import Distinct, Merge
from contacts.models.officers import Officer, UnitRole
from contacts.models.pairings import Pairing
from contacts.models.records import ContactRecord
from contacts.models.repairing import RepairingRequest
from contacts.models.report_batches import ReportBatch
from contacts.models.report_meetings import ReportMeeting
from contacts.models.reports import Appraisal, ReportCopy, ReportDelivery, ReportVersion, WorkReport
from contacts.models.saved_views import SavedView
from contacts.models.stakeholders import ContactPhone, Seat, Stakeholder, StakeholderQuerySet
from contacts.models.stand_ins import StandIn
from contacts.models.turnovers import Turnover, TurnoverLine
from contacts.models.units import Unit, UnitPast

__all__ = [
    "Actor",
    "Appraisal",
    "AuditEntry",
    "ColumnMapping",
    "ConductAssignment",
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
    "ReportBatch",
    "ReportCopy",
    "ReportDelivery",
    "ReportMeeting",
    "ReportVersion",
    "SavedView",
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
    "WorkReport",
]
