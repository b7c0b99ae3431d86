"""The audit trail, read by auditors."""

from django.http import HttpResponse
from django.shortcuts import render
from django_tables2 import RequestConfig

from contacts.access import Deed, requires
from contacts.filters.audit import AuditFilter
from contacts.models import AuditEntry
from contacts.requests import OfficerRequest
from contacts.tables.audit import AuditTable


@requires(Deed.READ_AUDIT)
def index(request: OfficerRequest) -> HttpResponse:
    entries = AuditEntry.objects.visible_to(request.user).select_related("officer")
    found = AuditFilter(request.GET, entries)
    table = AuditTable(found.qs if found.is_valid() else entries.none())
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return render(request, "contacts/audit_list.html", {"filter": found, "table": table})
