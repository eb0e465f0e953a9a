"""The forms of a picture: valid whatever names user code has, complete, and without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from dbos_build.flow.graph import KINDS, Flow, to_json
from dbos_build.graph import appearance, icons, measure
from dbos_build.graph.formats import FORMATS
from dbos_build.graph.picture import Picture
from dbos_build.graph.simplification import simplified
from support import drawings

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"svg", "g", "a", "title", "desc", "style", "rect", "path", "polygon", "text"}
DOT_TOKEN = re.compile(r'\s*("(?:[^"\\\n]|\\.)*"|->|[{}\[\];,=]|[A-Za-z_]\w*|\d+)')
MERMAID_NODE = re.compile(
    r'    n(\d+)(?:\["([^"]*)"\]|\{\{"([^"]*)"\}\}|\(\["([^"]*)"\]\)):::(\w+)'
)
MERMAID_EDGE = re.compile(r'    n(\d+) -->(?:\|"([^"]*)"\|)? n(\d+)')


def every_kind() -> Flow:
    """A flow in which each kind of node stands once, one after the other."""
    writing = drawings.Writing()
    last = 0
    for kind in sorted(KINDS - {"begin", "end"}):
        node = writing.node(kind, f"a_{kind}", f"some.{kind}(value)")
        writing.edge(last, node)
        last = node
    writing.edge(last, writing.node("end"))
    return writing.finished()


def hostile(text: str) -> Picture:
    """A picture in which one text stands wherever a text of the user can stand."""
    writing = drawings.Writing()
    last = 0
    for kind in sorted(KINDS - {"begin", "end"}):
        node = writing.node(kind, text, text)
        writing.edge(last, node, text)
        last = node
    writing.edge(last, writing.node("end"), text)
    return drawings.picture(writing.finished(), text)


PICTURES = [drawings.picture(every_kind()), *(hostile(text) for text in drawings.HOSTILE)]
PICTURES += [drawings.picture(drawings.structured(seed, 20)) for seed in range(6)]


def svg(picture: Picture) -> ElementTree.Element:
    """The parsed SVG of a picture."""
    return ElementTree.fromstring(FORMATS["svg"][0](picture))


def texts(element: ElementTree.Element, family: str) -> list[str]:
    """What stands in the text elements of a class."""
    return [each.text or "" for each in element.iter(f"{SVG}text") if each.get("class") == family]


def test_every_kind_of_node_has_a_look_and_every_card_a_sign() -> None:
    assert set(appearance.KINDS) == KINDS
    cards = {kind for kind, look in appearance.KINDS.items() if look.shape == "card"}
    assert cards == set(icons.ICONS)
    style = next(svg(PICTURES[0]).iter(f"{SVG}style")).text or ""
    for look in appearance.KINDS.values():
        part = "badge" if look.shape == "card" else "tinted"
        assert style.count(f".dbos-flow .{look.family} .{part}{{fill:") == 2, look


@pytest.mark.parametrize("number", range(len(PICTURES)))
def test_an_svg_is_well_formed_and_holds_nothing_that_acts(number: int) -> None:
    text = FORMATS["svg"][0](PICTURES[number])
    root = ElementTree.fromstring(text)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= DRAWN
    for each in root.iter():
        assert not [name for name in each.attrib if name.startswith("on")]
        assert "javascript" not in each.get("href", "")
    style = next(root.iter(f"{SVG}style")).text or ""
    assert "url(" not in style
    assert "@import" not in style
    assert text.count("http") == 1  # The name of the SVG language itself.


@pytest.mark.parametrize("number", range(len(PICTURES)))
def test_every_text_of_an_svg_fits_its_box(number: int) -> None:
    fonts = {
        "name": appearance.NAME,
        "caption": appearance.CAPTION,
        "kind": appearance.CAPTION,
        "code": appearance.CODE,
        "condition": appearance.CODE,
        "pill": appearance.PILL,
        "label": appearance.LABEL,
    }
    for group in svg(PICTURES[number]).iter(f"{SVG}g"):
        left, top, right, bottom = extent(group)
        for each in group.findall(f"{SVG}text"):
            font = fonts[each.get("class", "")]
            wide = measure.width(each.text or "", font)
            x, y = float(each.get("x", "")), float(each.get("y", ""))
            start = x - wide / 2 if each.get("text-anchor") == "middle" else x
            assert left <= start + 0.2, each.text
            assert start + wide <= right + 0.2, each.text
            assert top <= y - 0.75 * font.size, each.text
            assert y + 0.25 * font.size <= bottom, each.text


def extent(group: ElementTree.Element) -> tuple[float, float, float, float]:
    """The rectangle of the shape that a group draws around its text."""
    polygon = group.find(f"{SVG}polygon")
    if polygon is not None:
        points = [tuple(map(float, pair.split(","))) for pair in polygon.get("points", "").split()]
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        return min(xs), min(ys), max(xs), max(ys)
    box = group.find(f"{SVG}rect")
    if box is None:
        return 0, 0, 0, 0
    x, y, width, height = (float(box.get(name, "")) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def test_an_svg_names_itself_and_its_nodes_for_screen_readers() -> None:
    root = svg(PICTURES[0])
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "Workflow flow"
    assert "Step: a_step; " in (desc.text or "")
    labelled = [each for each in root.iter(f"{SVG}g") if each.get("role") == "graphics-symbol"]
    assert len(labelled) == len(simplified(PICTURES[0]).flow.nodes) >= len(KINDS) - 1
    assert all(each.find(f"{SVG}title") is not None for each in labelled)


def test_two_pictures_on_one_page_do_not_share_identifiers() -> None:
    flow = every_kind()
    found = [svg(drawings.picture(flow, name)).get("aria-labelledby") for name in ("one", "two")]
    assert found[0] != found[1]


def test_an_svg_is_light_and_dark_and_leaves_the_page_around_it_alone() -> None:
    style = next(svg(PICTURES[0]).iter(f"{SVG}style")).text or ""
    light, dark = style.split("@media (prefers-color-scheme:dark){")
    for rules in (light, dark.removesuffix("}")):
        selectors = [each.split("{")[0] for each in rules.split("}") if each]
        parts = [part for selector in selectors for part in selector.split(",")]
        assert all(part.startswith(".dbos-flow") for part in parts), parts
    colours = re.findall(r"(\.dbos-flow[^{}]*)\{fill:(#\w+)", light)
    changed = dict(re.findall(r"(\.dbos-flow[^{}]*)\{fill:(#\w+)", dark))
    assert {name for name, _ in colours} <= changed.keys()
    assert changed[".dbos-flow .canvas"] != dict(colours)[".dbos-flow .canvas"]


def test_nodes_of_an_svg_link_to_their_lines() -> None:
    picture = PICTURES[0]
    links = [each.get("href") for each in svg(picture).iter(f"{SVG}a")]
    assert links == list(simplified(picture).links.values())
    assert links[3] == "shop/flow.py#L4"


def test_returns_end_a_drawing_without_arrows_to_the_end() -> None:
    writing = drawings.Writing()
    back = writing.node("return", "", "return total")
    writing.edge(0, back)
    writing.edge(back, writing.node("end"))
    root = svg(drawings.picture(writing.finished()))
    assert texts(root, "pill") == ["flow", "return total"]


def test_a_name_too_long_for_its_card_is_cut_and_whole_in_the_tooltip() -> None:
    name = "send_the_receipt_and_" * 9 + "end"
    writing = drawings.Writing()
    writing.edge(0, writing.node("step", name))
    root = svg(drawings.picture(writing.finished()))
    lines = texts(root, "name")
    assert len(lines) == 2
    assert lines[1].endswith(measure.ELLIPSIS)
    assert name.startswith((lines[0] + lines[1]).removesuffix(measure.ELLIPSIS))
    assert any(name in (each.text or "") for each in root.iter(f"{SVG}title"))


@pytest.mark.parametrize("number", range(len(PICTURES)))
def test_mermaid_keeps_every_name_between_its_quotes(number: int) -> None:
    picture = PICTURES[number]
    lines = FORMATS["mermaid"][0](picture).splitlines()
    assert lines[0] == "flowchart TD"
    nodes = [match for line in lines if (match := MERMAID_NODE.fullmatch(line))]
    edges = [match for line in lines if (match := MERMAID_EDGE.fullmatch(line))]
    links = [line for line in lines if re.fullmatch(r'    click n\d+ href "[!#-~]+"', line)]
    classes = {line.split()[1] for line in lines if line.startswith("    classDef ")}
    assert len(nodes) + len(edges) + len(links) + len(classes) + 1 == len(lines)
    assert {match[5] for match in nodes} <= classes
    for node, match in zip(picture.flow.nodes, nodes, strict=True):
        label = match[2] or match[3] or match[4]
        shown = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label)
        assert shown == appearance.described(node, picture.workflow)
        assert not set(label) & set("`<>&\\{}")
    assert len(edges) == len(picture.flow.edges)


def statements(text: str) -> Iterator[list[str]]:
    """The statements of a DOT document, as lists of tokens; fails on anything that is no token."""
    place, tokens = 0, []
    while text[place:].strip():
        match = DOT_TOKEN.match(text, place)
        assert match, text[place : place + 40]
        place = match.end()
        tokens.append(match[1])
    assert tokens[0] == "digraph"
    assert tokens[2] == "{"
    assert tokens[-1] == "}"
    statement: list[str] = []
    for token in tokens[3:-1]:
        if token == ";":
            yield statement
            statement = []
        else:
            statement.append(token)
    assert not statement


@pytest.mark.parametrize("number", range(len(PICTURES)))
def test_dot_keeps_every_name_between_its_quotes(number: int) -> None:
    picture = PICTURES[number]
    found = list(statements(FORMATS["dot"][0](picture)))
    edges = [each for each in found if each[1] == "->"]
    nodes = [each for each in found if each[0][0] == "n" and each[0][1:].isdigit()]
    nodes = [each for each in nodes if each[1] != "->"]
    assert len(edges) == len(picture.flow.edges)
    assert [each[0] for each in nodes] == [f"n{node.number}" for node in picture.flow.nodes]
    for node, statement in zip(picture.flow.nodes, nodes, strict=True):
        attributes = dict(zip(statement[2:-1:4], statement[4:-1:4], strict=True))
        label = re.sub(r"\\(.)", r"\1", attributes["label"][1:-1])
        assert not re.search("&(?!amp;)", label)
        label = label.replace("&amp;", "&")
        assert label == appearance.described(node, picture.workflow)


@pytest.mark.parametrize("number", range(len(PICTURES)))
def test_json_holds_the_flow_as_lock_files_do(number: int) -> None:
    picture = PICTURES[number]
    document = json.loads(FORMATS["json"][0](picture))
    assert document["workflow"] == picture.workflow
    assert document["flow"] == to_json(picture.flow)
    assert document["places"]["0"] == {"path": "shop/flow.py", "line": 1, "column": 5}


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_flow_has_the_same_text(form: str) -> None:
    write = FORMATS[form][0]
    assert write(drawings.picture(drawings.structured(3))) == write(
        drawings.picture(drawings.structured(3))
    )


def test_addresses_escape_what_paths_may_hold() -> None:
    from pathlib import Path

    from dbos_build.graph import addresses
    from dbos_build.graph.picture import Place

    odd = 'a b/javascript:x#?"<%20>é.py'
    places = {1: Place(odd, 7, 1)}
    relative = addresses.relative(places, Path("/project"), Path("/project/docs"))[1]
    assert re.fullmatch(r"[A-Za-z0-9/%._-]+#L7", relative)
    assert unquote(relative) == f"../{odd}#L7"
    made = addresses.from_template(places, "https://host/blob/main/{path}#L{line}")[1]
    assert re.fullmatch(r"https://host/blob/main/[A-Za-z0-9/%._-]+#L7", made)


def test_file_names_are_safe_and_never_the_same() -> None:
    from dbos_build.graph.filenames import filenames

    names = ["../../etc/passwd", "Checkout", "checkout", "a b", "a/b", "", "con", "é", ".hidden"]
    names += ["x" * 300, "x" * 301]
    found = filenames(names, ".svg")
    assert len({each.lower() for each in found.values()}) == len(names)
    for each in found.values():
        assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*\.svg", each), each
        assert len(each) < 140
    assert found["Checkout"] == "Checkout.svg"
