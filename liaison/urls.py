"""Every address of the site; the apps bring theirs."""

from django.urls import include, path

from contacts.views import sign_in
from liaison import views
from schedules.views import home

handler500 = "liaison.views.server_error"

urlpatterns = [
    path("", home.index, name="home"),
    path("more/", views.more, name="more"),
    path("sign-in/", sign_in.SignIn.as_view(), name="login"),
    path("sign-out/", sign_in.SignOut.as_view(), name="logout"),
    path("password/", sign_in.ChangePassword.as_view(), name="password_change"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set-theme"),
    path("", include("contacts.urls")),
    path("", include("schedules.urls")),
]
