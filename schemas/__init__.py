"""The canonical tables, families, synonyms and code lists: data files and one small loader."""
