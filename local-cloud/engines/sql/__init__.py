"""SQL in Athena's dialect on local files: the engine behind the local cloud's Athena."""
