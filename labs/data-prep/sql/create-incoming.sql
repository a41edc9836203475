-- The table over newly arrived flights that nobody has looked at yet: same columns as flights, another place.
CREATE EXTERNAL TABLE IF NOT EXISTS incoming_flights (
${flights_columns}
)
PARTITIONED BY (`batch` string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
STORED AS TEXTFILE
LOCATION 's3://${bucket}/incoming/flights/'
TBLPROPERTIES ('classification' = 'csv', 'skip.header.line.count' = '1')
