-- Delays by origin in minutes: the median flight leaves early, the worst hundredth leaves hours late.
SELECT origin,
       approx_percentile(dep_delay, 0.5) AS median,
       approx_percentile(dep_delay, 0.9) AS p90,
       approx_percentile(dep_delay, 0.99) AS p99
FROM flights
WHERE dep_time IS NOT NULL
GROUP BY origin
ORDER BY origin
