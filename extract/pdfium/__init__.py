"""The fast reader, over PDFium: glyphs, rules, grid, tables."""
