"""Passwords as people type them: the same one however a keyboard or a system composes it."""

import unicodedata
from typing import Any

from django.contrib.auth import password_validation


def normalised(password: str) -> str:
    """`password` in the form in which it is hashed: NFKC.

    NIST SP 800-63B, section 3.1.1.2: one system sends é as one character and another as two, and an
    input method may send letters in full width.
    """
    return unicodedata.normalize("NFKC", password)


def candidates(password: str) -> list[str]:
    """What a stored hash may be of: the normalised password, or, of an account from before, as it was typed.

    As many whoever is asked for, so that the work tells nobody who is there.
    """
    return list(dict.fromkeys((normalised(password), password)))


class Normalised:
    """A rule of Django's about passwords, asked of what will be hashed."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError where the rule is broken."""
        super().validate(normalised(password), user)  # type: ignore[misc]


class UserAttributeSimilarityValidator(Normalised, password_validation.UserAttributeSimilarityValidator):
    """It is not like the name or the address."""


class MinimumLengthValidator(Normalised, password_validation.MinimumLengthValidator):
    """It is long enough, in characters as people see them."""


class CommonPasswordValidator(Normalised, password_validation.CommonPasswordValidator):
    """It is not one that everybody tries."""


class NumericPasswordValidator(Normalised, password_validation.NumericPasswordValidator):
    """It is not a number alone."""
