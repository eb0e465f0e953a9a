"""A company's own library, in no table: it hands out the clients of others."""
from acme.app import (
    App as App,
    Cached as Cached,
    Deps as Deps,
    Holder as Holder,
    Options as Options,
    Pool as Pool,
    Quiet as Quiet,
    Registry as Registry,
    Session as Session,
    Tenant as Tenant,
    Transport as Transport,
)
from acme.factories import *  # noqa: F403
