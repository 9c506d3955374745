"""What a socket may do of what its person may."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rights:
    """What a socket may do of what its person may: whether it may write, and in which places alone."""

    writes: bool = True
    places: frozenset[str] | None = None

    def are_for(self, place: str) -> bool:
        """Whether the socket may be in that place, where its person may."""
        return self.places is None or place in self.places


# Of whoever has signed in.
ALL_RIGHTS = Rights()
