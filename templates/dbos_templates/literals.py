"""Python literals: the only form in which a value enters generated code.

In: plain data. Out: source text that evaluates to exactly that data, in ASCII, on one line.
Never: emits anything but literals; refuses values that have none.
"""

from __future__ import annotations

import math

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def pyrepr(value: object) -> str:
    """Return the literal of a value: None, booleans, numbers, strings, lists, tuples and dicts.

    The same on every version of Python, unlike `repr`, which follows the Unicode tables.
    Raises TypeError for a value of another type and ValueError for a number without a literal.
    """
    match value:
        case None | bool():
            return repr(value)
        case str():
            return '"' + "".join(_character(each) for each in value) + '"'
        case int():
            return repr(value) if value.bit_length() <= 4096 else hex(value)
        case float():
            return _floating(value)
        case list():
            return "[" + ", ".join(pyrepr(each) for each in value) + "]"
        case tuple():
            return "(" + "".join(pyrepr(each) + ", " for each in value).strip() + ")"
        case dict():
            pairs = (f"{pyrepr(key)}: {pyrepr(each)}" for key, each in value.items())
            return "{" + ", ".join(pairs) + "}"
    raise TypeError(f"a {type(value).__name__} has no literal")


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if " " <= character <= "~":
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _floating(value: float) -> str:
    if math.isnan(value):
        raise ValueError("NaN has no literal")
    if math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    return repr(value)
