"""Addresses of mail: which are one, which are banned, and which may come in."""

import unicodedata

from accounts.models import BannedAddress, Community

# Where a dot in the part before the @ says nothing.
DOTLESS = {"gmail.com", "googlemail.com"}


def compared(address: str) -> str:
    """`address` as it is compared: whatever stands behind a plus in it, its case and width, it is one."""
    name, _, domain = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    name = name.partition("+")[0]
    domain = domain.rstrip(".")
    if domain in DOTLESS:
        name, domain = name.replace(".", ""), "gmail.com"
    return f"{name}@{domain}"


def is_banned(address: str) -> bool:
    """Whether somebody was banned who had that address. One query."""
    return BannedAddress.objects.filter(address=compared(address)).exists()


def is_of_allowed_domain(address: str, community: Community) -> bool:
    """Whether somebody may come with that address and without an invitation."""
    domain = compared(address).rpartition("@")[2]
    return not community.domains or domain in community.domains
