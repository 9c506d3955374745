"""Why something cannot be done."""


class Rejected(ValueError):
    """What was asked cannot be done; the text is a sentence for who asked."""
