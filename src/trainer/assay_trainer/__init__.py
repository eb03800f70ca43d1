"""Training of code models by executable verification. Importing a module does nothing."""
