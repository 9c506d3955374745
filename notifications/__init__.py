"""What reaches people who are away: of each conversation, what they have not read meanwhile.

    gathering     looks at what was said, and notes for whom a mail, or another way, is to wait
    watching      finds the words that people watch in what was said
    sending       sends the mails whose time has come, of what is unread still
    mails         what stands in them
    waiting       what waits: taken, put off, given up, done, whichever way it goes
    ways          the other ways: made, changed, tested; way_views has their pages
    delivering    sends what is due by those, several at once
    messengers    what is posted to ntfy, Gotify and webhooks
    posting       posts it, by a process of its own (poster), and says what was answered
    feeds         the Atom feed of somebody's mentions
    wording       how messages are spoken of in all of these
    quiet         when somebody is not to be told
    reminding     tells, by mail and the other ways, of reminders that are due
    digests       a mail a day, or a week, of what is unread, for those who ask for one
    replies       addresses by which mails are answered, and what becomes of an answer
    mail_server   takes them (manage.py mail_in)
    mail_reading  says what stands in one, unquoting what of that is not quoted
    stopping      the secret address in each mail that ends them
    preferences   what each wants to be told, and when
    hooks         whoever leaves for good leaves no way behind
    tasks         the worker, once a minute

No request and no message waits for any of this: all of it begins with a look at what is stored.
"""
