"""HTTP out, guarded: the only client that goes to an address which somebody else named.

An address is resolved once, every answer of the resolver is checked against a table of ours, and
the connection goes to what was checked: a name that means another machine a moment later leads
nowhere. Nothing is taken from the environment but the certificates that TLS trusts.
"""

from .addresses import refuse
from .errors import OutboundError
from .fetching import Fetched, fetch
from .posting import Answer, post

__all__ = ["Answer", "Fetched", "OutboundError", "fetch", "post", "refuse"]
