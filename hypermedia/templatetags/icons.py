"""Icons in Django's templates."""

from django import template
from django.utils.safestring import SafeString

from hypermedia.icons import icon

register = template.Library()


@register.simple_tag
def lucide(name: str, size: int = 24, **attributes: str) -> SafeString:
    """`{% lucide "menu" size=20 aria_hidden="true" %}`: an icon, as small as it can be said."""
    return SafeString(icon(str(name), size=size, **{key: str(value) for key, value in attributes.items()}))
