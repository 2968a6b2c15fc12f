"""The pages in docs that are generated from a deployed database; `make docs` writes them."""
