"""Coming in and going out, and the password. Each attempt leaves an audit entry, whether it succeeds or not."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from contacts.forms.accounts import OwnPasswordForm, SignInForm
from contacts.models import Actor, AuditEntry, Officer


class SignIn(views.LoginView):
    """Police number and password. After too many failures the axes middleware answers in this view's stead."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if getattr(request, "htmx", False):
            # The session has ended under a page: load the sign-in page whole, not into a part of it.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            AuditEntry.objects.record(Actor.of(self.request), "sign in", form.get_user())
        officer = form.get_user()
        if officer.language and settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES:
            set_language_cookie(response, officer.language)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        number = form.cleaned_data.get("username", "")
        tried = Officer.objects.filter(police_number=number).first()
        locked = getattr(self.request, "axes_locked_out", False)
        # What was typed is not kept unless it is a police number: people type their password there by mistake.
        AuditEntry.objects.record(
            Actor.of(self.request), "locked sign-in" if locked else "failed sign-in", tried
        )
        return super().form_invalid(form)


class SignOut(views.LogoutView):
    @transaction.atomic
    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            AuditEntry.objects.record(Actor.of(request), "sign out", request.user)
        return super().post(request, *args, **kwargs)


class ChangePassword(views.PasswordChangeView):
    """One's own password; the only page there is while an administrator's one-time password is in force."""

    deed = None
    form_class = OwnPasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            AuditEntry.objects.record(Actor.of(self.request), "change password", form.user)
        messages.success(
            self.request, _("Your password is changed. Other places where you were signed in are signed out.")
        )
        return response


def set_language_cookie(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
