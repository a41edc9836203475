-- Flights whose plane nobody knows, by airline, most first.
SELECT flights.carrier,
       count(*) AS flights
FROM flights
LEFT JOIN planes ON planes.tailnum = flights.tailnum
WHERE planes.tailnum IS NULL
GROUP BY flights.carrier
ORDER BY flights DESC
