-- Write the ${slice} slice for SageMaker XGBoost: label first, no header, plain decimals, nothing where a value is missing.
UNLOAD (
  SELECT
${split_columns}
  FROM prepared
  WHERE batch IN (${split_batches})
    AND split_bucket >= ${from}
    AND split_bucket < ${below}
)
TO 's3://${bucket}/split/${slice}/'
WITH (format = 'TEXTFILE', field_delimiter = ',', compression = 'NONE')
