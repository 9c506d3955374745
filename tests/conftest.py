from tests.live_fixtures import sockets  # noqa: F401
