"""The tests' settings for a web server of its own.

Evidence files lie in a real folder, and a smaller request than usual is too large.
"""

from portfolio import settings as product
from tests.settings import *  # noqa: F403
from tests.settings import STORAGES

LARGEST_REQUEST = 70_000_000

STORAGES = STORAGES | {"evidence": product.STORAGES["evidence"]}
