"""Signing in by a provider that says who somebody is: OpenID Connect, over allauth's."""
