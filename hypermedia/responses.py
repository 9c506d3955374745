"""Answers that several apps give."""

from django.http import HttpResponse, HttpResponseRedirect

from hypermedia.fragments import hx_partial, problem_notice


class SeeOther(HttpResponseRedirect):
    """After a POST: look there, with a GET."""

    status_code = 303


def refusal(why: str, status: int) -> HttpResponse:
    """To htmx: a sentence among the notices, and nothing else."""
    return HttpResponse(hx_partial("#notices", "beforeend", problem_notice(why)), status=status)
