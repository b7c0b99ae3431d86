"""A plain Django admin over the same tables, as somebody would write it in an afternoon."""

from django.contrib import admin

from contacts.models import ContactPhone, ContactRecord, Feedback, Pairing, Seat, Stakeholder


class Site(admin.AdminSite):
    def has_permission(self, request) -> bool:
        return request.user.is_active


class Open:
    """Officers have no permissions of Django's; here everybody may everything."""

    list_per_page = 25

    def has_module_permission(self, request) -> bool:
        return True

    def _yes(self, request, obj=None) -> bool:
        return True

    has_view_permission = has_change_permission = has_delete_permission = _yes

    def has_add_permission(self, request, obj=None) -> bool:
        return True


class PhoneInline(Open, admin.TabularInline):
    model = ContactPhone
    extra = 0


class SeatInline(Open, admin.TabularInline):
    model = Seat
    extra = 0
    raw_id_fields = ["unit"]


class PairingInline(Open, admin.TabularInline):
    model = Pairing
    extra = 0
    raw_id_fields = ["officer", "unit"]


class RecordInline(Open, admin.TabularInline):
    model = ContactRecord
    fk_name = "stakeholder"
    extra = 0
    raw_id_fields = ["officer", "recorded_by", "supersedes", "voided_by"]


class StakeholderAdmin(Open, admin.ModelAdmin):
    list_display = ["name", "sex", "employer", "street", "unit", "updated_at"]
    list_select_related = ["unit"]
    search_fields = ["name", "pinyin", "phones__e164"]
    raw_id_fields = ["unit"]
    inlines = [PhoneInline, SeatInline, PairingInline, RecordInline]


class RecordAdmin(Open, admin.ModelAdmin):
    list_display = ["stakeholder", "officer", "kind", "outcome", "occurred_at", "summary"]
    list_select_related = ["stakeholder", "officer"]
    search_fields = ["summary", "stakeholder__name"]
    raw_id_fields = ["stakeholder", "officer", "recorded_by", "supersedes", "voided_by"]


class FeedbackAdmin(Open, admin.ModelAdmin):
    list_display = ["stakeholder", "topic", "unit", "state", "received_on", "due_on"]
    list_select_related = ["stakeholder", "topic", "unit"]
    search_fields = ["text", "stakeholder__name"]


class PairingAdmin(Open, admin.ModelAdmin):
    list_display = ["stakeholder", "officer", "unit", "started_on", "ended_on", "reason"]
    list_select_related = ["stakeholder", "officer", "unit"]
    search_fields = ["stakeholder__name", "officer__name"]


site = Site(name="admin")
site.register(Stakeholder, StakeholderAdmin)
site.register(ContactRecord, RecordAdmin)
site.register(Feedback, FeedbackAdmin)
site.register(Pairing, PairingAdmin)
