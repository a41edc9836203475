-- The share of late flights by visibility at the origin in the scheduled hour: a join of flights and weather.
SELECT CASE
         WHEN weather.visib IS NULL THEN 'unknown'
         WHEN weather.visib < 1 THEN 'below 1 mile'
         WHEN weather.visib < 5 THEN '1 to 5 miles'
         ELSE '5 miles and more'
       END AS visibility,
       count(*) AS departed,
       round(avg(CASE WHEN flights.dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END), 4) AS late_share
FROM flights
LEFT JOIN weather
  ON weather.origin = flights.origin
 AND weather.time_hour = flights.time_hour
WHERE flights.dep_time IS NOT NULL
GROUP BY 1
ORDER BY late_share DESC
