-- Class share by origin and carrier on the months to train on, with two measures of bias before training.
-- ci:  class imbalance, (others - group) / (others + group): near 1 when the group is rare, negative when it is most of the data.
-- dpl: difference in proportions of labels, late share of the others - late share of the group: 0 when both are late as often.
WITH grouped AS (
  SELECT 'origin' AS facet, origin AS value, late FROM prepared WHERE batch IN (${split_batches})
  UNION ALL
  SELECT 'carrier' AS facet, carrier AS value, late FROM prepared WHERE batch IN (${split_batches})
),
counted AS (
  SELECT facet, value, CAST(count(*) AS double) AS flights, CAST(sum(late) AS double) AS late
  FROM grouped
  GROUP BY facet, value
),
whole AS (
  SELECT facet, sum(flights) AS flights, sum(late) AS late
  FROM counted
  GROUP BY facet
)
SELECT counted.facet,
       counted.value,
       CAST(counted.flights AS bigint) AS flights,
       round(counted.late / counted.flights, 4) AS late_share,
       round((whole.flights - 2 * counted.flights) / whole.flights, 4) AS ci,
       round((whole.late - counted.late) / (whole.flights - counted.flights) - counted.late / counted.flights, 4) AS dpl
FROM counted
JOIN whole ON whole.facet = counted.facet
ORDER BY counted.facet, counted.value
