"""The part of AWS Glue's Python library that the labs' scripts use, written for the local cloud."""
