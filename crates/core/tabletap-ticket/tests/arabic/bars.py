#!/usr/bin/env python3
"""Writes two fonts of bars, each into a folder of its own: `letters` for Arabic alone, without one plain character but the space, and `marks`
for the three characters of the mark [?].

Needs fontTools 4. The fonts are ours; nothing of another's is in them.
"""
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pathlib import Path


def write(family, codes):
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for place in [(550, 0), (550, 300), (50, 300)]:
        pen.lineTo(place)
    pen.closePath()
    names = [".notdef", "space", "bar"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "space"} | {code: "bar" for code in codes})
    builder.setupGlyf({".notdef": Glyph(), "space": Glyph(), "bar": pen.glyph()})
    builder.setupHorizontalMetrics({name: (600, 0) for name in names})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    folder = Path(__file__).with_name(family.lower())
    folder.mkdir(exist_ok=True)
    builder.save(folder / "bars.ttf")


write("Letters", range(0x621, 0x653))
write("Marks", map(ord, "[?]"))
