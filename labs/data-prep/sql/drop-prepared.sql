-- Forget the table prepared. It is an external table: its files in S3 stay.
DROP TABLE IF EXISTS prepared
