"""Notices: what is due to be told is queued, which is the inbox; then each message is claimed and delivered (R10, R11)."""

from schedules.notices.delivering import deliver
from schedules.notices.queueing import queue

__all__ = ["deliver", "queue"]
