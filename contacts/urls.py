"""Addresses of what is and what happened."""

from django.urls import path

from contacts.views import accounts, audit, exports, roles, rosters, search, settings

app_name = "contacts"

urlpatterns = [
    # Lists, finding, and tables as files.
    path("people/", rosters.StakeholderList.as_view(), name="stakeholder-list"),
    path("pairings/", rosters.PairingList.as_view(), name="pairing-list"),
    path("contacts/", rosters.RecordList.as_view(), name="record-list"),
    path("officers/", rosters.OfficerList.as_view(), name="officer-list"),
    path("units/", rosters.UnitList.as_view(), name="unit-list"),
    path("search/", search.search, name="search"),
    path("suggest/officer/", search.suggest, {"kind": "officer"}, name="suggest-officer"),
    path("suggest/stakeholder/", search.suggest, {"kind": "stakeholder"}, name="suggest-stakeholder"),
    path("suggest/unit/", search.suggest, {"kind": "unit"}, name="suggest-unit"),
    path("export/<slug:name>.<slug:form>", exports.export, name="export"),
    # Accounts, roles and the audit trail.
    path("settings/", settings.edit, name="settings"),
    path("accounts/", accounts.index, name="account-list"),
    path("accounts/<str:number>/", accounts.detail, name="account-detail"),
    path("accounts/<str:number>/activate/", accounts.activate, name="account-activate"),
    path("accounts/<str:number>/deactivate/", accounts.deactivate, name="account-deactivate"),
    path("accounts/<str:number>/password/", accounts.reset_password, name="account-password"),
    path("roles/", roles.index, name="role-list"),
    path("roles/<int:pk>/approve/", roles.approve, name="role-approve"),
    path("roles/<int:pk>/refuse/", roles.refuse, name="role-refuse"),
    path("roles/<int:pk>/end/", roles.end, name="role-end"),
    path("audit/", audit.index, name="audit-list"),
]
