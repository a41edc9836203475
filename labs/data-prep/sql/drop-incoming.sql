-- Forget the table incoming_flights. Its files in S3 stay.
DROP TABLE IF EXISTS incoming_flights
