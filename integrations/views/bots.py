"""Bots: people of their own, whom one makes and answers for."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from accounts.actions import Rejected, remove_picture, set_picture
from accounts.forms import PictureForm
from accounts.models import Person
from hypermedia.responses import SeeOther
from integrations import access
from integrations.actions import bots, tokens
from integrations.forms import BotForm, TokenForm
from integrations.models import Token
from integrations.views.shown_once import show_once, take_shown_once
from rooms.access import membership
from rooms.actions.rejected import Rejected as RejectedInRoom


class BotsView(LoginRequiredMixin, View):
    """The bots that one looks after."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """All of them, and the form of another one."""
        return list_page(request, BotForm())

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Made; what it needs is on its page."""
        form = BotForm(request.POST)
        if not form.is_valid():
            return list_page(request, form, status=422)
        try:
            bot = bots.make_bot(request.user, form.cleaned_data["name"])
        except (Rejected, ValidationError) as reason:
            form.add_error("name", sentences(reason))
            return list_page(request, form, status=422)
        messages.success(request, _("Your bot is there. Put it in rooms, and give it a token."))
        return SeeOther(reverse("bot", args=[bot.pk]))


class BotView(LoginRequiredMixin, View):
    """One bot."""

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """All that one can do with it."""
        return bot_page(request, access.bot_of(request.user, pk))

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Called otherwise."""
        bot, form = access.bot_of(request.user, pk), BotForm(request.POST)
        if not form.is_valid():
            return bot_page(request, bot, form=form, status=422)
        try:
            bots.rename_bot(bot, form.cleaned_data["name"])
        except ValidationError as reason:
            form.add_error("name", sentences(reason))
            return bot_page(request, access.bot_of(request.user, pk), form=form, status=422)
        messages.success(request, _("It is so from now on."))
        return SeeOther(reverse("bot", args=[pk]))


class BotChangeView(LoginRequiredMixin, View):
    """Something that is done with a bot, by POST."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, pk: int, **place: int) -> HttpResponseBase:
        """Do it, or say why not."""
        bot = access.bot_of(request.user, pk)
        try:
            self.act(request, bot, **place)
        except (Rejected, RejectedInRoom) as reason:
            messages.error(request, str(reason))
        return SeeOther(self.next_page(bot))

    def act(self, request: PersonRequest, bot: Person, **place: int) -> None:
        """Call the action. Raises Rejected."""
        raise NotImplementedError

    def next_page(self, bot: Person) -> str:
        """Where one is led afterwards."""
        return reverse("bot", args=[bot.pk])


class BotPictureView(LoginRequiredMixin, View):
    """The picture of a bot."""

    http_method_names = ("post",)
    takes_files = True

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """A new one; with `remove`, none."""
        bot = access.bot_of(request.user, pk)
        if "remove" in request.POST:
            remove_picture(bot)
            return SeeOther(reverse("bot", args=[pk]))
        form = PictureForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                set_picture(bot, form.cleaned_data["picture"])
                return SeeOther(reverse("bot", args=[pk]))
            except Rejected as reason:
                form.add_error("picture", str(reason))
        return bot_page(request, bot, picture_form=form, status=422)


class BotRoomsView(BotChangeView):
    """A bot is put in a room, by its address in `room`."""

    def act(self, request: PersonRequest, bot: Person, **place: int) -> None:
        """As whoever asks, who is a member there."""
        bots.put_bot_in(membership(request.user.pk, request.POST.get("room", "").replace("\x00", "")), bot)


class BotRoomView(BotChangeView):
    """A bot is taken out of a room."""

    def act(self, request: PersonRequest, bot: Person, **place: int) -> None:
        """It goes."""
        bots.take_bot_out(access.place_of(bot, place["place"]))


class BotSwitchView(BotChangeView):
    """A bot is switched off, or on: `on` says which."""

    def act(self, request: PersonRequest, bot: Person, **place: int) -> None:
        """With `on` it goes on."""
        bots.switch_bot(request.user, bot, is_on="on" in request.POST)


class BotDeleteView(BotChangeView):
    """The end of a bot."""

    def act(self, request: PersonRequest, bot: Person, **place: int) -> None:
        """For good."""
        bots.delete_bot(request.user, bot)
        messages.success(request, _("%(name)s is deleted.") % {"name": bot.name})

    def next_page(self, bot: Person) -> str:
        """The others."""
        return reverse("bots")


class BotTokensView(LoginRequiredMixin, View):
    """Another token for a bot."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Made; it is shown on the next page."""
        bot = access.bot_of(request.user, pk)
        form = TokenForm(bot, request.POST)
        if form.is_valid():
            try:
                token, secret = tokens.make_token(bot, **form.cleaned_data, by=request.user)
            except Rejected as reason:
                form.add_error(None, str(reason))
            else:
                show_once(request, token.name, secret)
                return SeeOther(reverse("bot", args=[pk]))
        return bot_page(request, bot, token_form=form, status=422)


class BotTokenRevokeView(BotChangeView):
    """The end of one of its tokens."""

    def act(self, request: PersonRequest, bot: Person, **place: int) -> None:
        """What it has open is closed at once."""
        tokens.revoke(request.user, access.token_of(bot, place["token_pk"]))
        messages.success(request, _("That token is none any longer."))


def sentences(reason: Exception) -> list[str]:
    """What was wrong, without the name of the field that stores it."""
    return list(reason.messages) if isinstance(reason, ValidationError) else [str(reason)]


def list_page(request: PersonRequest, form: BotForm, **how: Any) -> HttpResponse:
    """The page of all, with that form on it."""
    found = access.bots_of(request.user)
    return render(request, "integrations/bots.html", {"bots": found, "form": form}, **how)


def bot_page(request: PersonRequest, bot: Person, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of one; `forms` are those with something wrong in them."""
    shown = {
        "bot": bot,
        "person": bot,
        "form": BotForm(initial={"name": bot.display_name}),
        "picture_form": PictureForm(),
        "token_form": TokenForm(bot),
        "places": access.places_of(bot),
        "rooms": access.rooms_to_add_to(request.user, bot),
        "tokens": Token.objects.of(bot),
        "shown_once": take_shown_once(request),
    }
    return render(request, "integrations/bot.html", shown | forms, status=status)
