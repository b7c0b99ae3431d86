"""The request of somebody who is signed in, for annotations of views: the middleware lets nobody else in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from contacts.models import Officer


class OfficerRequest(HttpRequest):
    user: Officer
    htmx: HtmxDetails
