"""How fast the tool is, beside public tools on the same files: ``python -m tests.benchmarks``."""
