"""Other ways to understand, trained on the same messages as Camille and asked the same: see benchmarks/README.md."""
