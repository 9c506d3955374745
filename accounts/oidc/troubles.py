"""What can be wrong between us and a provider: each is a page for the person, and a line in the log."""

from allauth.socialaccount.providers.oauth2.client import OAuth2Error


class Away(OAuth2Error):
    """The provider does not answer, or not with what it should."""


class Untrusted(OAuth2Error):
    """The provider, or somebody in its place, said what cannot be believed."""
