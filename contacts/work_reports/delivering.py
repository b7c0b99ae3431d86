"""A copy reaches its person: the contact record says so, and by it the half-year's obligation is met (R6). What they say
about it is feedback, and how content they are is kept."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.handling import log_contact
from contacts.models import Actor, AuditEntry, ContactRecord, Feedback, ReportCopy, ReportDelivery, Topic


@transaction.atomic
def deliver(
    copy: ReportCopy, record: ContactRecord, *, method: str, actor: Actor, appraisal: str = "", said: str = "",
    topic: Topic | None = None,
) -> tuple[ReportDelivery, Feedback | None]:  # fmt: skip
    """The copy was handed over in `record`: a new one, which is logged, or one that stands and says so already. The same
    form sent twice does it once; ValidationError when somebody handed it over before."""
    copy = ReportCopy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
    if before := copy.deliveries.live().select_related("record").first():
        if record.submission and before.record.submission == record.submission:
            return before, None
        raise ValidationError(
            _("It was handed over on %(day)s already; correct or void that contact if it was not."),
            params={"day": before.record.occurred_on},
        )
    feedback = None
    if record.pk is None:
        record, feedback = log_contact(record, actor=actor, said=said, topic=topic)
        if not record.is_live:
            raise ValidationError(
                _("This form was sent before, and its contact was voided since. Open the form anew.")
            )
    elif not loggable(copy).select_for_update(of=("self",)).filter(pk=record.pk):
        raise ValidationError(_("This contact was corrected or voided meanwhile; look at the newer one."))
    delivery = ReportDelivery.objects.create(copy=copy, record=record, method=method, appraisal=appraisal)
    after = {"method": method, "appraisal": appraisal, "record": record.pk, "day": record.occurred_on}
    AuditEntry.objects.record(actor, "hand over report", copy, after=after)
    return delivery, feedback


def loggable(copy: ReportCopy) -> QuerySet[ContactRecord]:
    """Contacts of the half-year that say “work report” and of which nobody has said that this copy was handed over in them."""
    period = copy.report.period
    reached = ContactRecord.objects.reached().filter(stakeholder=copy.stakeholder_id, report_delivery=None)
    return reached.filter(
        kind=ContactRecord.Kind.REPORT, occurred_on__gte=period.first, occurred_on__lte=period.last
    )


@transaction.atomic
def appraise(delivery: ReportDelivery, appraisal: str, *, actor: Actor) -> None:
    """What they think of the work, asked later or corrected. Whoever could vote in a meeting is not asked once more."""
    delivery = (
        ReportDelivery.objects.select_for_update(of=("self",)).select_related("copy").get(pk=delivery.pk)
    )
    if delivery.meeting_id:
        raise ValidationError(_("They could vote in the meeting; asked again they would count twice."))
    before, delivery.appraisal = delivery.appraisal, appraisal
    delivery.save(update_fields=["appraisal"])
    AuditEntry.objects.record(
        actor, "appraise", delivery.copy, before={"appraisal": before}, after={"appraisal": appraisal}
    )
