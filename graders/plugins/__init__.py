"""What plugs into nbgrader's own extension points; nbgrader_config.py names each class once."""
