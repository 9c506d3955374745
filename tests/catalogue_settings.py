"""For makemessages alone, which asks for little."""

USE_I18N = True
LOCALE_PATHS = ("locale",)
