"""Stakeholders: a person once, their phone numbers, and the seats that make them one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import access, names, phones
from contacts.models.units import Unit

if TYPE_CHECKING:
    from contacts.models.officers import Officer


class StakeholderQuerySet(models.QuerySet["Stakeholder"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> StakeholderQuerySet:
        """Who the officer may look at: by the unit in charge, or by an open pairing of their own."""
        return self.filter(access.reach(officer, deed).q(unit="unit__", own=access.paired_with(officer)))

    def search(self, words: str) -> StakeholderQuerySet:
        """By name, pinyin, initials, the person's number or at least four digits of a phone number."""
        words = words.strip()
        wanted = names.matching(words)
        if words[:1] in {"L", "l"} and words[1:].isdecimal():
            number = int(words[1:])
            wanted |= Q(pk=number)
            if number < 10**12:  # no database has more; SQLite can not even ask
                merges = apps.get_model("contacts", "Merge").objects
                wanted |= Q(pk__in=merges.successors([number]).values())
        digits = words.replace(" ", "").replace("-", "")
        if digits.isdecimal() and len(digits) >= 4:
            wanted |= Q(
                models.Exists(
                    ContactPhone.objects.filter(stakeholder=models.OuterRef("pk"), e164__contains=digits)
                )
            )
        return self.filter(wanted)

    def paired(self, day: dt.date) -> StakeholderQuerySet:
        return self.filter(access.has_pairing(day))

    def unpaired(self, day: dt.date) -> StakeholderQuerySet:
        return self.exclude(access.has_pairing(day))

    def follow_pairings(self, day: dt.date, now: dt.datetime) -> int:
        """Whoever has a pairing in force on `day` is put in the charge of its unit."""
        held = apps.get_model("contacts", "Pairing").objects.open(day).filter(stakeholder__in=self)
        strayed = held.exclude(unit=F("stakeholder__unit")).values_list("stakeholder", "unit")
        people = [Stakeholder(pk=pk, unit_id=unit, updated_at=now) for pk, unit in strayed]
        return Stakeholder.objects.bulk_update(people, ["unit", "updated_at"], batch_size=500)


class Stakeholder(models.Model):
    """A person once, whatever seats they hold. `unit` is the unit in charge: it follows the open pairing and decides,
    together with own pairings, who may see the person."""

    class Sex(models.TextChoices):
        MALE = "m", _("male")
        FEMALE = "f", _("female")

    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=50)
    pinyin = models.CharField(max_length=200, editable=False)
    initials = models.CharField(max_length=50, editable=False)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("month of birth"), null=True, blank=True)
    employer = models.CharField(_("employer and post"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    street = models.CharField(_("township or street"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="stakeholders", verbose_name=_("unit in charge")
    )
    reach_hint = models.CharField(_("how they like to be reached"), max_length=200, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = StakeholderQuerySet.as_manager()

    class Meta:
        verbose_name = _("stakeholder")
        verbose_name_plural = _("stakeholders")
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_month=None) | Q(birth_month__range=(1, 12), birth_year__isnull=False),
                name="contacts_stakeholder_birth_month_of_a_year",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pinyin", "id"], name="contacts_stakeholder_by_name"
            ),  # lists in order of pinyin
            models.Index(
                fields=["initials"], name="contacts_stakeholder_initials"
            ),  # search by initials, a range
            models.Index(fields=["name"], name="contacts_stakeholder_name"),  # import: the person a row means
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs) -> None:
        self.pinyin, self.initials = names.spell(self.name)
        super().save(**kwargs)

    def get_absolute_url(self) -> str:

        return reverse("contacts:stakeholder-detail", args=[self.pk])

    @property
    def number(self) -> str:
        """What every export shows and every import accepts for this person."""
        return f"L{self.pk:06d}"

    @property
    def birth(self) -> str:
        """The month of birth as people write it, as far as it is known: "1965-03", "1965" or ""."""
        if self.birth_month:
            return f"{self.birth_year}-{self.birth_month:02d}"
        return str(self.birth_year or "")


class ContactPhone(models.Model):
    """One number of a person, in E.164 with its extension; `position` 0 is the one to dial first."""

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("mobile")
        LANDLINE = "landline", _("landline")

    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="phones")
    e164 = models.CharField(_("number"), max_length=16)
    extension = models.CharField(_("extension"), max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    raw = models.CharField(_("as it was written"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        ordering = ["position", "pk"]
        constraints = [
            # A number typed in two columns, or imported twice, stands once.
            models.UniqueConstraint(
                fields=["stakeholder", "e164", "extension"], name="contacts_phone_once_per_person"
            ),
        ]
        indexes = [
            models.Index(
                fields=["e164"], name="contacts_phone_number"
            ),  # import and duplicates: who has this number
        ]

    def __str__(self) -> str:
        return phones.shown(self.e164, self.extension)

    @property
    def masked(self) -> str:
        """The number without its middle, for those who may see the person but not dial."""
        return phones.masked(self.e164)

    @property
    def uri(self) -> str:
        """A link that dials (RFC 3966)."""
        return f"tel:{self.e164}" + (f";ext={self.extension}" if self.extension else "")


# How long before its end a seat is spoken of: to ask, choose and appoint anew takes a unit some two months.
ENDS_SOON = dt.timedelta(days=60)


class SeatQuerySet(models.QuerySet["Seat"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> SeatQuerySet:
        """The seats of the people within reach."""
        own = access.holds(officer)
        return self.filter(access.reach(officer, deed).q(unit="stakeholder__unit__", own=own))

    def active(self, day: dt.date) -> SeatQuerySet:
        """Seats held on `day`; both ends are inclusive, a missing one is open (R4)."""
        return self.filter(
            Q(started_on=None) | Q(started_on__lte=day), Q(ended_on=None) | Q(ended_on__gte=day)
        )

    def appointments(self) -> SeatQuerySet:
        """Of media supervisors, patrol visitors and discipline monitors."""
        return self.filter(kind__in=Seat.APPOINTED)

    def to_come(self, day: dt.date) -> SeatQuerySet:
        return self.filter(started_on__gt=day)

    def ending(self, day: dt.date) -> SeatQuerySet:
        """Held on `day`, not much longer, and not renewed yet."""
        return self.active(day).filter(ended_on__lte=day + ENDS_SOON, renewed_by=None)

    def ended(self, day: dt.date) -> SeatQuerySet:
        return self.filter(ended_on__lt=day)

    def to_collect(self, day: dt.date) -> SeatQuerySet:
        """Ended, and the certificate is still out; one that was renewed under its number goes on."""
        out = ~Q(certificate="") | Q(handed_out_on__isnull=False)
        return (
            self.ended(day).filter(out, collected_on=None).exclude(renewed_by__certificate=F("certificate"))
        )


class Seat(models.Model):
    """What makes a person a stakeholder: an office held, or an appointment, from a day to a day.

    An appointment has one certificate, which goes out and comes back with it: its days stand here and in no table of their
    own. A renewal is a seat of its own that `renews` the one before, which keeps its term; the certificate's number goes
    on or is a new one.
    """

    class Kind(models.TextChoices):
        NPC_DEPUTY = "npc_deputy", _("deputy of the people's congress")
        CPPCC_MEMBER = "cppcc_member", _("member of the CPPCC")
        MEDIA_SUPERVISOR = "media_supervisor", _("media supervisor")
        PATROL_VISITOR = "patrol_visitor", _("patrol visitor")
        DISCIPLINE_MONITOR = "discipline_monitor", _("discipline monitor")

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        DISTRICT = "district", _("district or county")
        TOWNSHIP = "township", _("township or street")

    class TermState(models.TextChoices):
        TO_COME = "to_come", _("to come")
        RUNNING = "running", _("running")
        ENDING = "ending", _("ends soon")
        ENDED = "ended", pgettext_lazy("of a term", "ended")

    # Appointed by a unit of ours, with a certificate; the others are elected.
    APPOINTED = (Kind.MEDIA_SUPERVISOR, Kind.PATROL_VISITOR, Kind.DISCIPLINE_MONITOR)

    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="seats")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    level = models.CharField(_("level"), max_length=10, choices=Level, blank=True)
    body = models.CharField(_("body"), max_length=100, blank=True)
    delegation = models.CharField(_("delegation"), max_length=100, blank=True)
    term_number = models.PositiveSmallIntegerField(_("term"), null=True, blank=True)
    certificate = models.CharField(_("certificate number"), max_length=50, blank=True)
    occupation = models.CharField(_("walk of life"), max_length=50, blank=True)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("appointing unit"),
    )
    started_on = models.DateField(_("from"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended early"), max_length=200, blank=True)
    renews = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="renewed_by",
        verbose_name=_("renews"),
    )
    handed_out_on = models.DateField(_("certificate handed out on"), null=True, blank=True)
    collected_on = models.DateField(_("certificate collected on"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["kind", "level", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="contacts_seat_ends_after_it_starts",
            ),
            # One certificate is one appointment, however often a roster repeats it; renewals may keep its number.
            models.UniqueConstraint(
                fields=["kind", "certificate"],
                condition=~Q(certificate="") & Q(renews=None),
                name="contacts_seat_certificate_once",
            ),
            models.CheckConstraint(
                condition=Q(handed_out_on=None)
                | Q(collected_on=None)
                | Q(collected_on__gte=F("handed_out_on")),
                name="contacts_seat_collected_after_handed_out",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "level"], name="contacts_seat_kind_level"
            ),  # lists and planning by kind, level
        ]

    def __str__(self) -> str:
        parts = [self.get_level_display() if self.level else "", str(self.get_kind_display())]
        return " · ".join(part for part in parts if part)

    def covers(self, day: dt.date) -> bool:
        """Is it held on `day`? Both ends are inclusive, a missing one is open (R4)."""
        return (self.started_on or day) <= day <= (self.ended_on or day)

    @property
    def renewal(self) -> Seat | None:
        """The seat that goes on where this one ends; no query where `renewed_by` was selected."""
        return getattr(self, "renewed_by", None)

    def term_state(self, day: dt.date) -> TermState:
        """As `SeatQuerySet` has it."""
        if self.started_on and self.started_on > day:
            return self.TermState.TO_COME
        if self.ended_on is None:
            return self.TermState.RUNNING
        if self.ended_on < day:
            return self.TermState.ENDED
        soon = self.ended_on <= day + ENDS_SOON and self.renewal is None
        return self.TermState.ENDING if soon else self.TermState.RUNNING

    def is_to_collect(self, day: dt.date) -> bool:
        """As `SeatQuerySet.to_collect`."""
        out = bool(self.certificate or self.handed_out_on) and self.collected_on is None
        goes_on = self.renewal is not None and self.renewal.certificate == self.certificate
        return self.term_state(day) == self.TermState.ENDED and out and not goes_on
