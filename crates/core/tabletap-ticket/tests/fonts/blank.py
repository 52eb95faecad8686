#!/usr/bin/env python3
"""Writes tests/fonts/blank.ttf: a font that has a rune and two emoji, all of them empty, as colour fonts look to a printer.

Needs fontTools 4. The font is ours; nothing of another's is in it.
"""
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph
import sys

names = {0x16A0: "rune", 0x1F95C: "peanuts", 0x1FAEA: "newer"}
builder = FontBuilder(1000, isTTF=True)
builder.setupGlyphOrder([".notdef", *names.values()])
builder.setupCharacterMap(names)
builder.setupGlyf({name: Glyph() for name in [".notdef", *names.values()]})
builder.setupHorizontalMetrics({name: (600, 0) for name in [".notdef", *names.values()]})
builder.setupHorizontalHeader(ascent=800, descent=-200)
builder.setupNameTable({"familyName": "Blank", "styleName": "Regular"})
builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
builder.setupPost()
builder.font["head"].created = builder.font["head"].modified = 0
builder.font.recalcTimestamp = False
builder.save(sys.argv[1])
