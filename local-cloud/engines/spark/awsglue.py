"""Stands for AWS Glue's own Python library, which no lab's script needs: whoever imports it learns what to use."""

raise ImportError(
    "The local Spark engine has no library awsglue; on AWS Glue the import works. "
    "A script that reads its arguments with argparse, and data with spark.read and DataFrame.write, runs on both."
)
