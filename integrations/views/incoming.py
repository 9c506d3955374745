"""The doors of incoming hooks: no session, no cookie, no form token; the key in the address is all."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from integrations import access
from integrations.actions.hook_calls import CHAT_BYTES, Came, Outcome, take
from integrations.actions.own_commands import answer_later, take_answer
from integrations.actions.refused import Refused
from integrations.incoming.bodies import payload_in
from integrations.incoming.fields import BadPayload
from rooms.access import NotFound

# The header in which an answer names what was posted, by which it can be answered: Slack's says "ok" alone.
TS_HEADER = "Parley-Message-Ts"
TOO_LARGE = Outcome(413, "invalid_payload", "It is longer than a request may be.")
NO_HOOK = Outcome(404, "no_service", "There is no such hook, or not any longer.")


def came_in(request: HttpRequest, *, is_mrkdwn: bool) -> Came:
    """What a request has."""
    kind = request.content_type or ""
    # A form with parts was read as one, and its body is no more.
    body = b"" if kind.startswith("multipart/") else request.body
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Came(headers, body, kind, request.POST.dict(), is_mrkdwn)


@method_decorator(csrf_exempt, name="dispatch")
class HookView(View):
    """`/hooks/<key>`: Mattermost's shape, in Markdown; and the address of every receiver."""

    http_method_names = ("post",)
    is_mrkdwn = False

    def post(self, request: HttpRequest, key: str, **named: Any) -> HttpResponseBase:
        """Take what came, and say in the words of this door what became of it."""
        try:
            hook = access.hook_at(key)
        except NotFound:
            return self.answer(NO_HOOK)
        return self.answer(take(hook, came_in(request, is_mrkdwn=self.is_mrkdwn)))

    @classmethod
    def too_large(cls) -> HttpResponse:
        """The answer to what is so large that nobody reads it."""
        return cls().answer(TOO_LARGE)

    def answer(self, outcome: Outcome) -> HttpResponse:
        """As Mattermost answers: `ok`, or an object that says why not."""
        if outcome.status == 200:
            return said("ok", outcome)
        error = {
            "id": f"web.incoming_webhook.{outcome.word}.app_error",
            "message": outcome.sentence,
            "status_code": outcome.status,
        }
        return said(json.dumps(error), outcome, "application/json")


class SlackHookView(HookView):
    """`/services/<a>/<b>/<key>`: Slack's shape, in mrkdwn. What stands before the key is Slack's own."""

    is_mrkdwn = True

    def answer(self, outcome: Outcome) -> HttpResponse:
        """As Slack answers: in a word."""
        return said("ok" if outcome.status == 200 else outcome.word, outcome)


def said(body: str, outcome: Outcome, content_type: str = "text/plain; charset=utf-8") -> HttpResponse:
    """The answer."""
    answer = HttpResponse(body, status=outcome.status, content_type=content_type)
    answer["Cache-Control"] = "no-store"
    if outcome.ts:
        answer[TS_HEADER] = outcome.ts
    if outcome.status == 429:
        answer["Retry-After"] = "60"
    return answer


@method_decorator(csrf_exempt, name="dispatch")
class CommandAnswerView(View):
    """`response_url`: what a program says of a command later on."""

    http_method_names = ("post",)

    @staticmethod
    def too_large() -> HttpResponse:
        """The answer to what is so large that nobody reads it."""
        return HttpResponse(TOO_LARGE.word, status=TOO_LARGE.status, content_type="text/plain")

    def post(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Say it, where it still may."""
        try:
            call = take_answer(key)
            came = came_in(request, is_mrkdwn=True)
            if len(came.body) > CHAT_BYTES:
                raise Refused("invalid_payload", 413, "It is longer than 100 KB.")
            answer_later(call, payload_in(came.body, came.content_type, came.form))
        except BadPayload:
            return HttpResponse("invalid_payload", status=400, content_type="text/plain")
        except NotFound:
            return HttpResponse("expired_url", status=404, content_type="text/plain")
        except Refused as refused:
            return HttpResponse(refused.word, status=refused.status, content_type="text/plain")
        return HttpResponse("ok", content_type="text/plain; charset=utf-8")
