from billing.flows import charge_all, dunning

__all__ = ["charge_all", "dunning"]
