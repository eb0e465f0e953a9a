"""The colours of pictures, for light and dark pages, as a style sheet inside the picture.

In: nothing. Out: `STYLE`, text for an SVG `style` element. Never: a variable, a font or an image
from elsewhere; renderers that know no media queries show the light colours.
"""

from __future__ import annotations

_SANS = 'Helvetica,Arial,"Liberation Sans",system-ui,sans-serif'
_MONO = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace'

# Family → the colour of its sign or outline on light pages, and on dark ones.
_ACCENTS = {
    "step": ("#2563eb", "#3b82f6"),
    "transaction": ("#7c3aed", "#8b5cf6"),
    "workflow": ("#0f766e", "#14a89a"),
    "message": ("#c2410c", "#ea6a1f"),
    "event": ("#be185d", "#e0458a"),
    "sleep": ("#475569", "#64748b"),
    "stream": ("#0e7490", "#0ea5c4"),
    "patch": ("#4d7c0f", "#74a81f"),
    "other": ("#475569", "#64748b"),
    "opaque": ("#92400e", "#b7661b"),
}
# Family → fill, outline and text on light pages, then on dark ones.
_TINTS = {
    "branch": ("#fff7e6", "#e0a030", "#7a4a05", "#2b2112", "#a8752a", "#f5cf8e"),
    "loop": ("#e9f8f1", "#4aa984", "#0b5c3f", "#11261e", "#3c8a6b", "#9be0c3"),
    "patch": ("#f3f9e4", "#8bb23c", "#3f5f0c", "#1d2611", "#6c8f2c", "#cbe58f"),
    "begin": ("#1e293b", "#1e293b", "#ffffff", "#e2e8f0", "#e2e8f0", "#0f172a"),
    "end": ("#f1f5f9", "#94a3b8", "#334155", "#1c2636", "#56657c", "#cbd5e1"),
    "gather": ("#eef2ff", "#8793d6", "#3b3f8f", "#1b1f3a", "#6570b8", "#c3caf7"),
    "try": ("#ffffff", "#a3aec0", "#475569", "#151d2b", "#56657c", "#b6c2d4"),
    "except": ("#fff1f1", "#e08b8b", "#9b2020", "#2c1619", "#a35454", "#f5b5b5"),
    "raise": ("#fee2e2", "#dc4a4a", "#8f1616", "#3a1518", "#c94f4f", "#fecaca"),
}


def _rules(dark: bool) -> str:
    """The colours of one kind of page."""
    canvas, card, edge, ink, faint, link = (
        ("#0d1420", "#172032", "#33415a", "#e8edf5", "#94a3b8", "#6b7c96")
        if dark
        else ("#fbfcfe", "#ffffff", "#d5dce7", "#0f172a", "#64748b", "#8b9ab0")
    )
    error = "#e07070" if dark else "#cf4545"
    rules = [
        f".canvas{{fill:{canvas}}}",
        f".card{{fill:{card};stroke:{edge}}}",
        f".name{{fill:{ink}}}",
        f".code,.caption{{fill:{faint}}}",
        f".route{{stroke:{link}}}",
        f".head{{fill:{link}}}",
        f".failing .route{{stroke:{error}}}",
        f".failing .head{{fill:{error}}}",
        f".tag{{fill:{canvas};stroke:{edge}}}",
        f".label{{fill:{faint}}}",
        f".failing .label{{fill:{error}}}",
    ]
    for family, (light_accent, dark_accent) in _ACCENTS.items():
        accent = dark_accent if dark else light_accent
        rules.append(f".{family} .badge{{fill:{accent}}}")
    for family, colours in _TINTS.items():
        fill, outline, text = colours[3:] if dark else colours[:3]
        rules.append(f".{family} .tinted{{fill:{fill};stroke:{outline}}}")
        words = ",".join(f".{family} .{each}" for each in ("pill", "condition", "kind"))
        rules.append(f"{words}{{fill:{text}}}")
    return "".join(f".dbos-flow {rule}".replace(",.", ",.dbos-flow .") for rule in rules)


STYLE = (
    f".dbos-flow{{font-family:{_SANS}}}"
    f".dbos-flow .name{{font-size:13.5px;font-weight:600}}"
    f".dbos-flow .caption,.dbos-flow .kind"
    f"{{font-size:9.5px;letter-spacing:.7px;font-weight:600}}"
    f".dbos-flow .kind{{opacity:.8}}"
    f".dbos-flow .code,.dbos-flow .condition{{font-family:{_MONO};font-size:11px}}"
    f".dbos-flow .pill{{font-size:12.5px;font-weight:600}}"
    f".dbos-flow .label{{font-size:11px}}"
    f".dbos-flow .card{{stroke-width:1.2}}"
    f".dbos-flow .tinted{{stroke-width:1.3}}"
    f".dbos-flow .opaque .card,.dbos-flow .try .tinted{{stroke-dasharray:5 4}}"
    f".dbos-flow .route{{fill:none;stroke-width:1.6}}"
    f".dbos-flow .again .route{{stroke-dasharray:6 4}}"
    f".dbos-flow .icon"
    f"{{fill:none;stroke:#fff;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}}"
    f".dbos-flow a:hover .card,.dbos-flow a:focus .card,"
    f".dbos-flow a:hover .tinted,.dbos-flow a:focus .tinted{{stroke-width:2.4}}"
    f"{_rules(dark=False)}"
    f"@media (prefers-color-scheme:dark){{{_rules(dark=True)}}}"
)
"""The style sheet; every rule is confined to `.dbos-flow`, for pictures put into other pages."""
