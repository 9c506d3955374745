from tests.live_fixtures import sockets  # noqa: F401
from tests.translated import translated  # noqa: F401
