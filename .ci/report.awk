# Reads `go test -v`, then a line "exit status N", and prints go test's own summary: a line per package, what a package
# that failed has printed, and every skipped test with its reason. Ends with status 1 when go test failed, or when a test was
# skipped because a program of real Redis is missing.

function flush_package(failed,   i) {
	if (failed) for (i = 0; i < kept; i++) print lines[i]
	kept = 0
	fflush()
}

/^exit status [0-9]+$/ { status = $3; ended = 1; next }
/^(ok  |\?   )/ || /^\t.*coverage: / { flush_package(0); print; next }
/^FAIL\t/ { flush_package(1); print; next }

!/^=== (RUN|PAUSE|CONT) / && !/^ *--- PASS: / { lines[kept++] = $0 }

# The reason is the last thing a test says before it is reported as skipped.
/^ +[^ ]+\.go:[0-9]+: / { reason = $0; sub(/^ +/, "", reason) }
/^ *--- SKIP: / {
	print "    SKIP " $3 ": " reason
	if (reason ~ /redis-(server|cli|benchmark|check-rdb|check-aof|sentinel)|[Rr]edis packages/) missing++
	reason = ""
}

END {
	flush_package(status != 0 || !ended)
	if (missing) print missing " tests were skipped for want of real Redis"
	exit (status != 0 || !ended || missing) ? 1 : 0
}
