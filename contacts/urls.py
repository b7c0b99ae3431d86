"""Addresses of what is and what happened."""

from django.urls import path

from contacts.views import (
    accounts,
    audit,
    exports,
    feedback,
    imports,
    pairings,
    records,
    roles,
    rosters,
    search,
    settings,
    stakeholders,
    topics,
)

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
    # One person, what is done with them, and what they said.
    path("people/add/", stakeholders.create, name="stakeholder-create"),
    path("people/<int:pk>/", stakeholders.detail, name="stakeholder-detail"),
    path("people/<int:pk>/edit/", stakeholders.update, name="stakeholder-update"),
    path("people/<int:pk>/numbers/", stakeholders.reveal, name="stakeholder-reveal"),
    path("people/<int:pk>/log/", records.create, name="record-create"),
    path("people/<int:pk>/feedback/", feedback.create, name="feedback-create"),
    path("people/<int:pk>/pair/", pairings.create, name="pairing-create"),
    path("pairings/<int:pk>/end/", pairings.end, name="pairing-end"),
    path("contacts/<int:pk>/correct/", records.correct, name="record-correct"),
    path("contacts/<int:pk>/void/", records.void, name="record-void"),
    path("contacts/<int:pk>/promise-kept/", records.keep, name="record-keep"),
    path("feedback/", feedback.Index.as_view(), name="feedback-list"),
    path("feedback/<int:pk>/", feedback.detail, name="feedback-detail"),
    path("feedback/<int:pk>/assign/", feedback.assign, name="feedback-assign"),
    path("feedback/<int:pk>/answer/", feedback.answer, name="feedback-answer"),
    path("feedback/<int:pk>/close/", feedback.close, name="feedback-close"),
    # Imports.
    path("imports/", imports.index, name="import-list"),
    path("imports/add/", imports.create, name="import-create"),
    path("imports/<int:pk>/", imports.detail, name="import-detail"),
    path("imports/<int:pk>/columns/", imports.columns, name="import-columns"),
    path("imports/<int:pk>/mended/", imports.mended, name="import-mended"),
    path("imports/<int:pk>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<int:pk>/drop/", imports.drop, name="import-drop"),
    path("topics/", topics.index, name="topic-list"),
    path("topics/<int:pk>/", topics.update, name="topic-update"),
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
