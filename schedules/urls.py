"""Addresses of what should happen, and who is told."""

from django.urls import path

from schedules.views import (
    behind,
    calendars,
    configuring,
    deeds,
    deliveries,
    digests,
    health,
    home,
    inbox,
    leaves,
    month,
    obligations,
    proposals,
    today,
    years,
)

app_name = "schedules"

urlpatterns = [
    # An officer's day, and what needs a coordinator.
    path("today/", today.today, name="today"),
    path("month/", month.index, name="month"),
    path("leave/", leaves.index, name="leave-list"),
    path("leave/<int:pk>/remove/", leaves.remove, name="leave-remove"),
    path("overview/", home.overview, name="overview"),
    path("inbox/", inbox.index, name="notice-list"),
    path("inbox/read/", inbox.read_all, name="notice-read-all"),
    path("inbox/<int:pk>/read/", inbox.read, name="notice-read"),
    path("pairings/proposals/", proposals.index, name="proposal-list"),
    # What is owed, and calendars of it.
    path("tasks/", obligations.ObligationList.as_view(), name="obligation-list"),
    path("tasks/<int:pk>/waive/", deeds.waive, name="obligation-waive"),
    path("tasks/<int:pk>/unwaive/", deeds.unwaive, name="obligation-unwaive"),
    path("tasks/<int:pk>/move/", deeds.move, name="obligation-move"),
    path("tasks/<int:pk>/move/take-back/", deeds.take_back_move, name="obligation-move-back"),
    path("tasks/<int:pk>/explain/", deeds.explain, name="obligation-explain"),
    path("tasks/recount/", deeds.recount, name="recount"),
    path("behind/", behind.index, name="behind"),
    path("digest/", digests.index, name="digest"),
    path("digest/rows/", digests.rows, name="digest-rows"),
    path("digest/file.xlsx", digests.download, {"suffix": "xlsx"}, name="digest-file"),
    path("digest/file.pdf", digests.download, {"suffix": "pdf"}, name="digest-document"),
    path("calendars/", calendars.index, name="calendar-list"),
    path("calendars/download/", calendars.download, name="calendar-download"),
    path("calendars/officer/<str:number>.ics", calendars.of_officer, name="calendar-officer"),
    path("calendars/unit/<str:code>.ics", calendars.of_unit, name="calendar-unit"),
    path("calendars/person/<int:pk>.ics", calendars.of_person, name="calendar-person"),
    path("calendars/sets/", calendars.set_index, name="calendar-sets"),
    path("calendars/sets/<int:pk>.zip", calendars.set_file, name="calendar-zip"),
    path("calendars/<int:pk>/revoke/", calendars.revoke, name="calendar-revoke"),
    path("cal/<str:secret>/feed.ics", calendars.feed, name="feed"),
    # What the city's coordinator decides.
    path("policies/", configuring.policies, name="policy-list"),
    path("policies/add/", configuring.add_policy, name="policy-create"),
    path("policies/<int:pk>/change/", configuring.change_policy, name="policy-change"),
    path("policies/<int:pk>/end/", configuring.end_policy, name="policy-end"),
    path("policies/changes/<int:pk>/take-back/", configuring.take_back, name="policy-take-back"),
    path("working-days/", configuring.days, name="day-list"),
    path("working-days/year/", years.index, name="day-calendar"),
    path("working-days/notice/", years.notice, name="day-notice"),
    path("working-days/<str:day>/remove/", configuring.forget_day, name="day-forget"),
    path("working-days/<int:year>/", configuring.confirm_year, name="day-year"),
    # Does it work, and what did not arrive.
    path("messages/", deliveries.DeliveryList.as_view(), name="delivery-list"),
    path("messages/send-again/", deliveries.send_again, name="delivery-resend"),
    path("health/", health.page, name="health"),
    path("health.json", health.machine, name="health-machine"),
]
