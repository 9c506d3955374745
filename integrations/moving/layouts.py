"""In what an export can be written."""

from collections.abc import Callable

from accounts.archive import Archive
from integrations.models import Export
from integrations.moving import lines, pages, slack_out
from integrations.moving.scope import Scope

WRITERS: dict[str, Callable[[Archive, Scope], None]] = {
    Export.Layout.PAGES: pages.write,
    Export.Layout.SLACK: slack_out.write,
    Export.Layout.PARLEY: lines.write,
}
