"""The front hall: settings, addresses, timetable, and the pages that span both apps. Nobody imports it."""
