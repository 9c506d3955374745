"""Pictures that stood beside single messages, as hooks show them: kept once for each author and picture."""

import io
from contextlib import suppress

from django.utils import timezone

from accounts import stored_files
from accounts.actions import new_picture_name, store_picture
from accounts.pictures import BadImage, SquarePicture, square_picture
from integrations.models import HookIcon, ImportSource
from integrations.moving.files import UNREADABLE, Opened
from integrations.moving.people import MOST_OF_A_PICTURE

# Characters of a path.
PATH_LIMIT = 1000


class Icons:
    """What becomes of them in one archive; `opened` opens a file by its path there, or gives None."""

    def __init__(self, source: ImportSource, opened: Opened) -> None:
        self.source, self._opened = source, opened
        # By whose they are, and the path.
        self._kept: dict[tuple[int, str], str] = {}

    def keep(self, path: str, author_id: int) -> str:
        """What the picture is stored and asked for by; an empty text where there is none.

        A query for each that is new, and two more to keep it: whatever is stored is named before.
        """
        if not path or len(path) > PATH_LIMIT:
            return ""
        if (author_id, path) not in self._kept:
            self._kept[author_id, path] = self._keep(path, author_id)
        return self._kept[author_id, path]

    def _keep(self, path: str, author_id: int) -> str:
        # No hook asks for such an address.
        address = f"archive {self.source.pk}: {path}"
        icon = HookIcon.objects.filter(bot=author_id, address=address).first()
        icon = icon or HookIcon(bot_id=author_id, address=address)
        if icon.fetched_at is None and (picture := self._picture(path)):
            # What an earlier worker may have left, which died.
            stored_files.remove(*icon.stored_names)
            icon.picture = new_picture_name()
            icon.save()
            store_picture(icon.picture, picture)
            icon.fetched_at = timezone.now()
            icon.save()
        return icon.picture if icon.fetched_at else ""

    def _picture(self, path: str) -> SquarePicture | None:
        if opened := self._opened(path):
            with opened as file, suppress(BadImage, *UNREADABLE):
                return square_picture(io.BytesIO(file.read(MOST_OF_A_PICTURE)))
        return None
