"""One mapper per layout: a stitched table of a family becomes canonical records."""
