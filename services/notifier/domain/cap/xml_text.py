"""XML as text: elements, and what of words may stand in them."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Pairs = Iterable[tuple[str, str]]


def add_text(parent: Element, name: str, text: str | None) -> None:
    """An element with the text, without what XML forbids; none where there is no text."""
    if text:
        SubElement(parent, name).text = _FORBIDDEN.sub("", text)


def add_pairs(parent: Element, name: str, pairs: Pairs) -> None:
    """An element for each pair, with `valueName` and `value`."""
    for value_name, value in pairs:
        element = SubElement(parent, name)
        add_text(element, "valueName", value_name)
        add_text(element, "value", value)


def write_xml(root: Element) -> bytes:
    """The document in UTF-8, with its declaration."""
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
