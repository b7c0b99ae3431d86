"""Officers, who are the users, and the roles they hold on units."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import access, names
from contacts.models.units import Unit


class OfficerQuerySet(models.QuerySet["Officer"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.SEE_ROSTER) -> OfficerQuerySet:
        """The officers of the units within reach; everybody sees at least themselves."""
        reach = access.reach(officer, deed)
        if reach.everything:
            return self.all()  # an empty Q in an OR would leave the other side alone
        return self.filter(reach.q(unit="unit__", own=Q(pk=officer.pk)) | Q(pk=officer.pk))

    def active(self) -> OfficerQuerySet:
        return self.filter(is_active=True)

    def of_no_county(self) -> OfficerQuerySet:
        """Who belongs to the bureau itself or what hangs from it beside the counties, by their unit or by a role."""
        units = Unit.objects.of_no_county().order_by()
        roles = UnitRole.objects.in_force().filter(unit__in=units.values("pk")).order_by()
        return self.filter(Q(unit__in=units.values("pk")) | Q(pk__in=roles.values("officer")))

    def locked(self) -> OfficerQuerySet:
        """Locked until the transaction ends, so that nobody is switched off who is being made responsible, nor the
        other way round."""
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def search(self, words: str) -> OfficerQuerySet:
        """By police number, name, pinyin or initials."""
        return self.filter(Q(police_number__startswith=words) | names.matching(words))


class OfficerManager(BaseUserManager.from_queryset(OfficerQuerySet)):  # type: ignore[misc]
    def create_user(
        self, police_number: str, name: str, unit: Unit, password: str | None = None, **fields
    ) -> Officer:
        """An officer who can sign in; without a password, only after an administrator has set one."""
        officer = self.model(police_number=police_number, name=name, unit=unit, **fields)
        officer.set_password(password)
        officer.save()
        return officer


class Officer(AbstractBaseUser):
    """A police officer and user, who signs in with the police number 警号."""

    class PostClass(models.TextChoices):
        BUREAU_LEADER = "bureau_leader", _("bureau leader")
        DEPARTMENT_HEAD = "department_head", _("department head")
        COUNTY_LEADER = "county_leader", _("county leader")
        STATION_LEADER = "station_leader", _("station leader")
        COMMUNITY_OFFICER = "community_officer", _("community officer")

    police_number = models.CharField(
        _("police number"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^\d{6}$", _("A police number has six digits."))],
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=50)
    pinyin = models.CharField(max_length=200, editable=False)
    initials = models.CharField(max_length=50, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers", verbose_name=_("unit"))
    post = models.CharField(_("post"), max_length=50, blank=True)
    post_class = models.CharField(
        _("class of post"), max_length=20, choices=PostClass, default=PostClass.COMMUNITY_OFFICER
    )
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    notify_by_email = models.BooleanField(_("send reminders by e-mail"), default=True)
    notify_by_gateway = models.BooleanField(_("send reminders by chat or SMS"), default=True)
    gateway_address = models.CharField(_("number or account for chat or SMS"), max_length=64, blank=True)
    notice_hour = models.PositiveSmallIntegerField(_("hour of the day's message"), default=8)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(_("must set a new password"), default=False)

    # Of whoever is signed in: do they keep views of lists, or drafts of forms? (backends.py)
    keeps_views: bool
    keeps_drafts: bool

    objects = OfficerManager()

    USERNAME_FIELD = "police_number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        ordering = ["pinyin", "police_number"]
        indexes = [
            models.Index(
                fields=["initials"], name="contacts_officer_initials"
            ),  # search by initials, a range
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs) -> None:
        self.pinyin, self.initials = names.spell(self.name)
        super().save(**kwargs)

    def is_outside(self, unit: Unit) -> bool:
        """As `access.is_outside`."""
        return access.is_outside(unit.path, self.unit.path, {path for _column, path in self.rights.held})

    @cached_property
    def rights(self) -> access.Rights:
        """What this officer may do, read once per request."""
        return access.Rights.of(self)


class UnitRoleQuerySet(models.QuerySet["UnitRole"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.APPROVE_ROLE) -> UnitRoleQuerySet:
        return self.filter(access.reach(officer, deed).q(unit="unit__", own=Q(officer=officer)))

    def in_force(self) -> UnitRoleQuerySet:
        return self.filter(approved_at__isnull=False, ended_at__isnull=True)

    def proposed(self) -> UnitRoleQuerySet:
        return self.filter(approved_at__isnull=True, ended_at__isnull=True)


class UnitRole(models.Model):
    """Officer × unit × role. One administrator proposes it, another approves it, and then it counts."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")
        LEADER = "leader", _("leader")
        DISCIPLINE_REVIEWER = "discipline_reviewer", _("discipline reviewer")
        AUDITOR = "auditor", _("auditor")
        SYSTEM_ADMIN = "system_admin", _("system administrator")
        SECURITY_ADMIN = "security_admin", _("security administrator")

    officer = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="roles", verbose_name=_("officer")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roles", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    proposed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = UnitRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            # Proposing a role twice must not grant it twice.
            models.UniqueConstraint(
                fields=["officer", "unit", "role"], condition=Q(ended_at=None), name="contacts_role_held_once"
            ),
            # The three powers that watch each other exclude each other.
            models.UniqueConstraint(
                fields=["officer"],
                condition=Q(ended_at=None, role__in=["auditor", "system_admin", "security_admin"]),
                name="contacts_role_one_of_three_powers",
            ),
            # Four eyes: nobody approves a proposal of their own (the first ones come from the command line: null).
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(proposed_by=None) | ~Q(approved_by=F("proposed_by")),
                name="contacts_role_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer}, {self.get_role_display()}, {self.unit}"
