"""The embedded demonstration model: its task family, its data, its recipe."""
