from .service import reserve_trip

__all__ = ["reserve_trip"]
