"""Django's admin behind our own sign-in, under a policy that its scripts can work with."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csp import csp_override

# Its scripts write HTML as text, which trusted types forbid; they still come from here alone.
POLICY: dict[str, Any] = {
    name: value
    for name, value in settings.SECURE_CSP.items()
    if name not in ("require-trusted-types-for", "trusted-types")
}


class Site(admin.AdminSite):
    """The admin: sign-in, sign-out and the password are the ones of everybody, with their limits."""

    site_header = site_title = "Parley"
    index_title = "Administration"

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Every page of it, under its own policy."""
        return csp_override(POLICY)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Our own sign-in; somebody who is signed in and no administrator is refused."""
        # allauth's modules import models, which do not exist yet when this one is imported.
        from allauth.account.decorators import secure_admin_login

        return secure_admin_login(super().login)(request, extra_context)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Our own sign-out."""
        from allauth.account.views import logout

        return logout(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Our own page for it."""
        return redirect("account_change_password")
