"""Tables of text files, read line by line as their SerDes read them: for Athena's engine and for Data Quality alike."""
