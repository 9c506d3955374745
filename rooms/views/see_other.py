"""Where a form leads once it has done what it says."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """After a POST: look there, with a GET."""

    status_code = 303
