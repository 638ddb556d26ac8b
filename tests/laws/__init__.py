"""What holds for every program: its behaviour after a run, and its bytes. ``python -m tests.laws`` tries many."""
