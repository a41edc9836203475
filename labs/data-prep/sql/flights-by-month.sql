-- How many flights were scheduled each month, how many left, and how many were cancelled.
SELECT batch,
       count(*) AS flights,
       count(dep_time) AS departed,
       count(*) - count(dep_time) AS cancelled,
       round(1 - CAST(count(dep_time) AS double) / count(*), 4) AS cancelled_share
FROM flights
GROUP BY batch
ORDER BY batch
