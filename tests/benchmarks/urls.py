"""The site's addresses, and the admin's under baseline/."""

from django.urls import include, path

from tests.benchmarks.admin import site

urlpatterns = [path("baseline/", site.urls), path("", include("liaison.urls"))]
