-- Register what the Glue job wrote as the table prepared.
CREATE EXTERNAL TABLE IF NOT EXISTS prepared (
${prepared_columns}
)
PARTITIONED BY (`batch` string)
STORED AS PARQUET
LOCATION 's3://${bucket}/prepared/flights/'
TBLPROPERTIES ('classification' = 'parquet')
