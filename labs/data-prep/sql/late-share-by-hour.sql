-- The share of late flights by scheduled hour: delays pile up over the day.
SELECT hour,
       count(*) AS departed,
       round(avg(CASE WHEN dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END), 4) AS late_share
FROM flights
WHERE dep_time IS NOT NULL
GROUP BY hour
ORDER BY hour
