HOSTILE = True
raise SystemExit("this file was executed")
