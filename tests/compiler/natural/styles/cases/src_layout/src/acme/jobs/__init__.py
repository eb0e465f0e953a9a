from . import flows as flows
