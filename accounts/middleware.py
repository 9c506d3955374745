"""Who asks, before any view: nobody at all yet, somebody new, or somebody with a zone and a language."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from accounts.access import person_signed_in
from accounts.models import Person
from hypermedia.locales import EDGE, current_locale, fill

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class LanguageMiddleware:
    """Answer everybody in the language that their browser asks for; PersonMiddleware knows better of some.

    As Django's LocaleMiddleware does where no address says a language: that looks for one in each, twice.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate it for what follows; the answer is for who asks for the same language."""
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.setdefault("Content-Language", translation.get_language())
        return response


class SignedInMiddleware(AuthenticationMiddleware):
    """Django's own, by a quicker way to the person: accounts/access.py."""

    def process_request(self, request: HttpRequest) -> None:
        """Let `request.user` be found out when it is first asked for."""
        super().process_request(request)

        def find() -> AbstractBaseUser | AnonymousUser:
            # In its own place: each look at a person through a lazy object takes thrice as long.
            request.user = found = person_signed_in(request)  # type: ignore[assignment]
            return found

        request.user = SimpleLazyObject(find)  # type: ignore[assignment]


class FirstRunMiddleware:
    """Lead every address of an empty site to the form that founds the community."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Ask whether there is anybody, unless somebody is signed in."""
        if self._is_exempt(request.path) or request.user.is_authenticated or Person.objects.exists():
            return self.get_response(request)
        return redirect("welcome")

    @staticmethod
    def _is_exempt(path: str) -> bool:
        return path == reverse("welcome") or path.startswith(settings.STATIC_URL)


class PersonMiddleware:
    """Answer signed-in people in their own time zone and language, and let nothing keep a copy of it.

    What is on a page for all readers is filled in for them, and for who is not signed in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate the person's locale while their page is made; `no-store` unless the view said otherwise.

        The language is the browser's (LanguageMiddleware) for who has chosen none.
        """
        if not request.user.is_authenticated:
            response = self.get_response(request)
            fill_in_marks(response)
            return response
        language = request.user.language or translation.get_language()
        with timezone.override(request.user.zone), translation.override(language):
            response = self.get_response(request)
            fill_in_marks(response)
        # LanguageMiddleware would say what the browser asked for.
        response.setdefault("Content-Language", language)
        # A page restored from the browser's back/forward cache would keep a dead socket.
        response.setdefault("Cache-Control", "no-store")
        return response


def fill_in_marks(response: HttpResponseBase) -> None:
    """Put the times and words of the current locale in the place of the marks of a page.

    Not in a file, which may hold anything.
    """
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    if is_html and isinstance(response, HttpResponse) and EDGE.encode() in response.content:
        response.content = fill(response.content.decode(), current_locale()).encode()
