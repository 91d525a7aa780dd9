# Reads `go test -v`, then a line "exit status N", and prints go test's own summary: a line per package, what a package
# that failed has printed but for its tests that passed, and every skipped test with its reason. Ends with status 1 when go
# test failed, or when a test was skipped because a program of real Redis is missing.

function flush_package(failed,   i) {
	if (failed) for (i = 0; i < kept; i++) if (!passed[whose[i]]) print lines[i]
	kept = 0
	test = ""
	delete passed
	delete said
	fflush()
}

/^exit status [0-9]+$/ { status = $3; ended = 1; next }
/^(ok  |\?   )/ || /^\t.*coverage: / { flush_package(0); print; next }
/^FAIL\t/ { flush_package(1); print; next }

# The name of the test whose lines follow.
/^=== (RUN|PAUSE|CONT|NAME) / { test = $3; next }
/^ *--- PASS: / { passed[$3] = 1; test = ""; next }

{ whose[kept] = test; lines[kept++] = $0 }

# The reason is the last thing a test says.
/^ +[^ ]+\.go:[0-9]+: / { said[test] = $0; sub(/^ +/, "", said[test]) }
/^ *--- SKIP: / {
	print "    SKIP " $3 ": " said[$3]
	if (said[$3] ~ /redis-(server|cli|benchmark|check-rdb|check-aof|sentinel)|[Rr]edis packages|pseudo-terminal/) missing++
}

END {
	flush_package(status != 0 || !ended)
	if (missing) print missing " tests were skipped for want of real Redis or a pseudo-terminal"
	exit (status != 0 || !ended || missing) ? 1 : 0
}
