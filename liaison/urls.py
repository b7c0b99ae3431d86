"""Every address of the site; the apps bring theirs."""

from django.contrib.auth import views as auth
from django.urls import include, path

urlpatterns = [
    path("sign-in/", auth.LoginView.as_view(), name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("contacts.urls")),
    path("", include("schedules.urls")),
]
