"""Text that is safe and aligned on a terminal.

In: text from users' files. Out: one line of it without control characters, and its width.
Never: passes an escape sequence, a line break or a change of writing direction through.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that are shown as escapes: control, format, surrogate, private, separators."""

RESET = "\x1b[0m"
STYLES = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "info": "\x1b[1;36m",
    "place": "\x1b[1m",
    "frame": "\x1b[34m",
    "caret": "\x1b[1;31m",
    "faint": "\x1b[2m",
    "good": "\x1b[1;32m",
}


def plain(text: str) -> str:
    """Return `text` on one line; what a terminal would act on becomes a backslash escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def width(text: str) -> int:
    """Return how many columns of a terminal a plain text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def styled(text: str, style: str, colour: bool) -> str:
    """Return `text`, which must be plain, in one of `STYLES` when `colour` is wanted."""
    return f"{STYLES[style]}{text}{RESET}" if colour and text else text


def counted(count: int, noun: str) -> str:
    """Return `1 error`, `2 errors`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
