-- The share of late flights by airline: which airline is late most often?
SELECT flights.carrier,
       airlines.name,
       count(*) AS departed,
       round(avg(CASE WHEN flights.dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END), 4) AS late_share
FROM flights
LEFT JOIN airlines ON airlines.carrier = flights.carrier
WHERE flights.dep_time IS NOT NULL
GROUP BY flights.carrier, airlines.name
ORDER BY late_share DESC
