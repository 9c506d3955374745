"""What is posted elsewhere is signed, as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets

# What stands before a secret; and its bytes, of which there are to be 24 to 64.
SECRET_PREFIX = "whsec_"  # noqa: S105  (what stands before it)
SIGNING_BYTES = 32


def new_signing_secret() -> str:
    """A secret to sign with."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SIGNING_BYTES)).decode()


def signature(secret: str, posted_id: str, timestamp: int, body: str) -> str:
    """What `body` is signed with: "v1", with a secret that begins with SECRET_PREFIX."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, f"{posted_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"
