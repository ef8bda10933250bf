"""A local web page to look at figures on their pages and to decide what is right."""
