"""The judge: a zygote that forks one confined guest per candidate, and a tester that holds the tests.

Standard library only, Python 3.9 or later. Started by `assay` inside its sandbox tier; see docs/architecture.md.
"""
