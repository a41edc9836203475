-- Find the partitions of incoming_flights.
MSCK REPAIR TABLE incoming_flights
