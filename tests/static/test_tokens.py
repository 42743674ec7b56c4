"""The palette keeps its promise: every pair of text and ground reads (WCAG AA), in light and in dark."""

import re
from pathlib import Path

import pytest

import loyalty

CSS = (Path(loyalty.__file__).parent / "static" / "css" / "tokens.css").read_text()
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")


def block(selector: str) -> dict[str, str]:
    """The colours set in the first block of a selector."""
    return dict(COLOUR.findall(CSS[CSS.index(selector) :].partition("{")[2].partition("}")[0]))


LIGHT = block(":root {")
DARK = block(':root[data-theme="dark"]')
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK}}

GROUNDS = ("paper", "surface", "sunk")
TEXTS = ("ink", "muted", "lapis", "turquoise", "saffron", "pomegranate", "pistachio")
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS] + [
    *((hue, f"{hue}-soft") for hue in ("lapis", "turquoise", "saffron", "pomegranate", "pistachio")),
    *(("ink", f"{hue}-soft") for hue in ("lapis", "turquoise", "saffron", "pomegranate", "pistachio")),
    ("on-lapis", "lapis"),
    ("on-lapis", "lapis-strong"),
    ("on-pomegranate", "pomegranate"),
    *((text, ground) for text in ("on-night", "on-night-muted", "on-night-gold") for ground in ("night", "night-deep")),
    ("on-night", "night-lapis"),
    ("on-night-muted", "night-lapis"),
    ("on-night-gold", "night-lapis"),
]
DRAWN = [("star", "surface"), ("star", "paper"), ("edge", "surface"), ("edge", "paper"), ("lapis", "paper")]


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(theme, text, ground):
    colours = THEMES[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("drawn", "ground"), DRAWN)
def test_what_is_drawn_to_be_seen_stands_out(theme, drawn, ground):
    colours = THEMES[theme]
    assert contrast(colours[drawn], colours[ground]) >= 3


def test_dark_is_the_same_whether_the_device_or_the_reader_chose_it():
    assert block(':root:not([data-theme="light"])') == DARK


def test_the_palette_is_the_one_that_was_agreed():
    assert (LIGHT["paper"], LIGHT["surface"], LIGHT["ink"], LIGHT["star"]) == (
        "#f6f1e7",
        "#fffdf8",
        "#16213e",
        "#b57a12",
    )
    assert (DARK["paper"], DARK["surface"], DARK["ink"], DARK["star"]) == ("#0c1222", "#131b30", "#ede9df", "#f0b93a")
