"""HTTP out, guarded against SSRF: the only client for addresses that users give.

A name is resolved once, each of its addresses is checked against a table of ours, and the
connection goes to a checked address: a name that resolves differently a moment later gains nothing
(DNS rebinding). Nothing is taken from the environment but the certificates that TLS trusts.
"""

from .addresses import check_url
from .errors import OutboundError
from .fetching import Fetched, fetch
from .posting import Response, post

__all__ = ["Fetched", "OutboundError", "Response", "check_url", "fetch", "post"]
