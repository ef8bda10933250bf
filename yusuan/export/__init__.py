"""Hand a dataset on: CSV for Excel, a workbook, a DuckDB file, a Data Package; and a codebook."""
