"""The process that takes what is quoted, and a signature, out of a mail: `python -m notifications.unquoting`.

It is told a text in a line of JSON (`text`, `seconds`) and says what is left in another (`left`, and `whole`,
the same with the signature). It is a process because the patterns of the library take minutes for some texts,
and nothing but its end stops them.
"""

import json
import signal
import sys

from mailparser_reply import EmailReplyParser
from mailparser_reply.constants import MAIL_LANGUAGES


def main() -> None:
    """Look at one text."""
    wanted = json.loads(sys.stdin.readline())
    signal.setitimer(signal.ITIMER_REAL, wanted["seconds"])
    replies = EmailReplyParser(languages=list(MAIL_LANGUAGES)).read(wanted["text"]).replies
    first = replies[0] if replies else None
    said = {"left": first.body if first else "", "whole": first.content if first else ""}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
