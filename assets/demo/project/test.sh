#!/bin/sh
# Checks total.sh against both lists.
bad=0
check() {
	got=$(sh total.sh "$1" 2>&1)
	if [ "$got" = "$2" ]; then
		echo "ok      $1: $got"
	else
		echo "FAILED  $1: total is $got, want $2"
		bad=1
	fi
}
check prices.csv 7
check short.csv 8
exit $bad
