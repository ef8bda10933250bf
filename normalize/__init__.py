"""Raw tables to canonical rows. Opens no file, knows no PDF library."""
