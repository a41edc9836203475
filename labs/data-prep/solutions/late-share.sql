-- The share of late flights by month, largest first.
SELECT batch,
       avg(CASE WHEN dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END) AS late_share
FROM flights
WHERE dep_time IS NOT NULL
GROUP BY batch
ORDER BY late_share DESC
