from .api import transfer as transfer
