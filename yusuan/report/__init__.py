"""One self-contained HTML file that tells what a dataset holds and what needs a look."""
