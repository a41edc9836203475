-- One month by its partition. Look at "Data scanned": Athena reads one folder of twelve, and you pay for one.
SELECT carrier,
       count(*) AS departed,
       round(avg(CASE WHEN dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END), 4) AS late_share
FROM flights
WHERE batch = '2013-02'
  AND dep_time IS NOT NULL
GROUP BY carrier
ORDER BY late_share DESC
