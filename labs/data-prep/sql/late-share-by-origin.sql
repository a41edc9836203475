-- The share of late flights by airport of origin.
SELECT origin,
       count(*) AS departed,
       round(avg(CASE WHEN dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END), 4) AS late_share
FROM flights
WHERE dep_time IS NOT NULL
GROUP BY origin
ORDER BY late_share DESC
