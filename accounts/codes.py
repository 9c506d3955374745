"""Signing in by a code that is mailed: the same is done and said about every address.

Whoever has confirmed the address gets the code; the page, the session and what the worker is given are the
same where nobody has. How many are asked for is counted for the address, and for where it is asked from.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import stash_login
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from accounts import tasks
from accounts.addresses import compared
from accounts.mails import person_with_confirmed

# Actions in ACCOUNT_RATE_LIMITS.
ASKED_FROM, ASKED_FOR = "code_asked_from_address", "code_asked_for"


def may_be_asked(request: HttpRequest, email: str) -> bool:
    """Count one more that is asked for; whether it may be."""
    counted = ((ASKED_FROM, ratelimit.get_ip(request)), (ASKED_FOR, compared(email)))
    return all(
        ratelimit.consume(request, app="allauth.account", action=action, key=key) is not None
        for action, key in counted
    )


def begin(request: HttpRequest, email: str) -> None:
    """Have a code mailed, and let this browser be asked for it."""
    person = person_with_confirmed(email)
    login = Login(user=person, email=email)
    login.state["stages"] = {"current": LoginByCodeStage.key}
    stage = LoginByCodeStage(LoginStageController(request, login), request, login)
    stage.state.update(LoginCodeVerificationProcess.initial_state(user=person, email=email))
    stage.state["initiated_by_user"] = True
    send(LoginCodeVerificationProcess(stage=stage))


def send(process: LoginCodeVerificationProcess) -> None:
    """Mail a new code, in the place of one before; what nobody gets is none."""
    code = get_adapter().generate_login_code()
    process.state["code"] = code if process.user else ""
    tasks.code_later(process.state["email"], code)
    stash_login(process.request, process.stage.login)


def send_again(process: LoginCodeVerificationProcess) -> bool:
    """Mail another code to the same address; whether that may still be."""
    if not process.can_resend or not may_be_asked(process.request, process.state["email"]):
        return False
    process.record_resend()
    send(process)
    return True
