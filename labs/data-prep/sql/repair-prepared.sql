-- Find the partitions of prepared: one for each folder batch=... below its location.
MSCK REPAIR TABLE prepared
