CREATE EXTERNAL TABLE IF NOT EXISTS flights_projected (
  `year` bigint,
  `month` bigint,
  `day` bigint,
  `dep_time` bigint,
  `sched_dep_time` bigint,
  `dep_delay` bigint,
  `arr_time` bigint,
  `sched_arr_time` bigint,
  `arr_delay` bigint,
  `carrier` string,
  `flight` bigint,
  `tailnum` string,
  `origin` string,
  `dest` string,
  `air_time` bigint,
  `distance` bigint,
  `hour` bigint,
  `minute` bigint,
  `time_hour` string
)
PARTITIONED BY (`batch` string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
STORED AS TEXTFILE
LOCATION 's3://mlalabs-dataprep-databucket-0f36234f7e472/raw/flights/'
TBLPROPERTIES (
  'classification' = 'csv',
  'skip.header.line.count' = '1',
  'projection.enabled' = 'true',
  'projection.batch.type' = 'date',
  'projection.batch.format' = 'yyyy-MM',
  'projection.batch.range' = '2013-01,2013-12',
  'projection.batch.interval' = '1',
  'projection.batch.interval.unit' = 'MONTHS'
)
