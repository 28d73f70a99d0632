"""The faces of Camille: each turns its medium into a Turn, and a Reply into its medium."""
