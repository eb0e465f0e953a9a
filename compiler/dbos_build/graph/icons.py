"""The signs on the cards of operations: paths in a square of 16 pixels, drawn as lines.

In: a kind of node. Out: the data of an SVG path. Never: more than lines; colours are elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ICONS: Mapping[str, str] = MappingProxyType(
    {
        "step": "M3.5 8.5l3 3 6-7",
        "transaction": "M3 4.2c0-1.2 2.2-2.2 5-2.2s5 1 5 2.2-2.2 2.2-5 2.2-5-1-5-2.2z"
        "M3 4.2v7.6c0 1.2 2.2 2.2 5 2.2s5-1 5-2.2V4.2M3 8c0 1.2 2.2 2.2 5 2.2S13 9.2 13 8",
        "child": "M2.5 2.5h7v7h-7zM6.5 12v1.5h7v-7H12",
        "start": "M5 3l7.5 5L5 13z",
        "enqueue": "M2.5 3.5h11M2.5 8h11M2.5 12.5h6M12 10v5M9.8 12.5h4.4",
        "result": "M8 2v7.5M4.8 6.5L8 9.7l3.2-3.2M2.5 10.5v3h11v-3",
        "send": "M2.5 7.5l11-5-3.6 11-2.6-4.6zM7.3 8.9l6.2-6.4",
        "recv": "M2.5 4h11v8.5h-11zM2.5 4.5L8 9l5.5-4.5",
        "set_event": "M4 14V2.5h8.5L10.5 6l2 3.5H4",
        "get_event": "M1.8 8s2.3-4 6.2-4 6.2 4 6.2 4-2.3 4-6.2 4-6.2-4-6.2-4z"
        "M8 6.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z",
        "sleep": "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM8 4.8V8l2.3 1.6",
        "write_stream": "M2 5c2-2 4-2 6 0s4 2 6 0M2 11c2-2 4-2 6 0s4 2 6 0",
        "read_stream": "M2 4c2-2 4-2 6 0s4 2 6 0M8 7v6.5M5.2 11L8 13.7l2.8-2.7",
        "deprecate_patch": "M4 4l8 8M12 4l-8 8",
        "other": "M3.5 8h.1M8 8h.1M12.4 8h.1",
        "opaque": "M5.6 5.9a2.4 2.4 0 1 1 3.4 2.2c-.7.4-1 .9-1 1.7M8 12.6h.1",
    }
)
"""The sign of each kind of node that is drawn as a card."""
