"""Drives the judge without the workbench, for rewards on a training host. Needs nothing but Python's own library."""
