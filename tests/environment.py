"""An environment for Parley in tests: what the settings read is said here, not by the developer's shell."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment(data_dir: Path) -> dict[str, str]:
    """The environment for a Parley whose data is in `data_dir`, and who is told nothing else."""
    settings = (ROOT / "site_config" / "settings.py").read_text()
    dropped = {"DJANGO_SETTINGS_MODULE", *re.findall(r'env\.\w+\(\s*"(\w+)"', settings)}
    # Many processes import the same: what was compiled is kept, whatever the developer's shell says.
    dropped.add("PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": "for-tests-" + "0123456789abcdef" * 4,
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],testserver",
        "HTTPS": "off",
        # Nothing is asked of the internet.
        "LINK_PREVIEWS": "off",
    }
