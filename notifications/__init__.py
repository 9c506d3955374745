"""What reaches people who are away: one mail for each conversation, of what they have not read meanwhile.

    gathering     looks at what was said, and notes for whom a mail is to wait
    sending       sends the mails whose time has come, of what is unread still
    mails         what stands in them
    quiet         when somebody is not to be told
    stopping      the secret address in each mail that ends them
    preferences   what each wants to be told, and when
    tasks         the worker, once a minute

No request and no message waits for any of this: all of it begins with a look at what is stored.
"""
