"""What became of what was posted elsewhere: stored in English, and read in each language.

What a server itself says stays as it is.
"""

from django.utils.translation import gettext, gettext_noop

from accounts.retelling import GAP, retold

# Of a test.
ARRIVED = gettext_noop("It has arrived: %(answer)s")
NOT_ARRIVED = gettext_noop("It has not arrived: %(answer)s")
# Of mail, why there is none any longer; accounts/mail_problems.py has what a server says at once.
RETURNED = gettext_noop("Mail to that address came back. It said: %(answer)s")
COMPLAINED = gettext_noop("Its mail provider says that one of these mails was reported as spam.")
# Of anything.
LEADS_ELSEWHERE = gettext_noop("%(status)s: it leads elsewhere: give the address where it ends")
# By the names of errors, which the process says that posts (rooms/files/poster.py).
PROBLEMS = {
    "ConnectError": gettext_noop("does not answer at that address"),
    "ConnectTimeout": gettext_noop("does not answer in time"),
    "ReadTimeout": gettext_noop("does not answer in time"),
    "WriteTimeout": gettext_noop("does not answer in time"),
    "RemoteProtocolError": gettext_noop("does not speak HTTP"),
}
# What else may have hindered it: rooms/files/fetch.py, rooms/files/apart.py.
OTHERS = (
    gettext_noop("takes too long"),
    gettext_noop("%(host)s has no address"),
    gettext_noop("%(host)s is not of the public web"),
)


def in_words(text: str) -> str:
    """What was stored of an answer, or of a test, in the current language."""
    for test in (ARRIVED, NOT_ARRIVED):
        beginning = GAP.split(test)[0]
        if text.startswith(beginning):
            return gettext(test) % {"answer": in_words(text.removeprefix(beginning))}
    return retold(text, (RETURNED, COMPLAINED, LEADS_ELSEWHERE, *PROBLEMS.values(), *OTHERS))
