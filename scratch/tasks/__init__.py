"""The tutorials' tasks: their data, their models and their settings."""
