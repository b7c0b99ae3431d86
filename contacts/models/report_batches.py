"""Files of work reports: one for each person and one for each unit, made by the worker."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.half_years import HalfYear
from contacts.models.file_orders import FileOrder, FileOrderQuerySet


class ReportBatchQuerySet(FileOrderQuerySet["ReportBatch"]):
    deed = Deed.WRITE_REPORT


class ReportBatch(FileOrder):
    """All copies of a half-year for the people of a unit and of all below it (`contacts.work_reports.files`)."""

    half_year = models.CharField(_("half-year"), max_length=7)
    stations = models.PositiveIntegerField(default=0)

    objects = ReportBatchQuerySet.as_manager()

    class Meta(FileOrder.Meta):
        verbose_name = _("files of work reports")
        verbose_name_plural = _("files of work reports")

    def __str__(self) -> str:
        return f"{self.unit} {self.half_year}"

    @property
    def period(self) -> HalfYear:
        return HalfYear.parse(self.half_year)
