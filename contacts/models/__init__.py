"""The models, one noun a file; import them from here."""

from contacts.models.answers import Answer, Fate, Rating, Telling
from contacts.models.audit import Actor, AuditEntry
from contacts.models.call_backs import CallBack
from contacts.models.conduct import (
    ConductAssignment,
    ConductConsent,
    ConductNote,
    ConductOpening,
    ConductReport,
    ConductSource,
    Sealed,
)
from contacts.models.consulting import Attachment, CoHandling
from contacts.models.drafts import Draft
from contacts.models.feedback import Feedback, FeedbackQuerySet, FeedbackStep, Signer, Topic
from contacts.models.file_orders import FileOrder, FileOrderQuerySet
from contacts.models.gatherings import Gathering, GatheringFile, Publication
from contacts.models.handovers import Handover, HandoverLine
from contacts.models.imports import ColumnMapping, ImportBatch, ImportRow
from contacts.models.journal import Journal, JournalLine
from contacts.models.merges import Distinct, Merge
from contacts.models.officers import Officer, UnitRole
from contacts.models.pairings import Pairing
from contacts.models.patterns import PatternNote
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
    "Answer",
    "Attachment",
    "Appraisal",
    "AuditEntry",
    "CallBack",
    "CoHandling",
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
    "Fate",
    "Draft",
    "Feedback",
    "FeedbackQuerySet",
    "FeedbackStep",
    "FileOrder",
    "FileOrderQuerySet",
    "Gathering",
    "GatheringFile",
    "Handover",
    "HandoverLine",
    "ImportBatch",
    "ImportRow",
    "Journal",
    "JournalLine",
    "Merge",
    "Officer",
    "Pairing",
    "PatternNote",
    "Publication",
    "Rating",
    "RepairingRequest",
    "ReportBatch",
    "ReportCopy",
    "ReportDelivery",
    "ReportMeeting",
    "ReportVersion",
    "SavedView",
    "Sealed",
    "Seat",
    "Signer",
    "Stakeholder",
    "StakeholderQuerySet",
    "StandIn",
    "Telling",
    "Topic",
    "Turnover",
    "TurnoverLine",
    "Unit",
    "UnitPast",
    "UnitRole",
    "WorkReport",
]
