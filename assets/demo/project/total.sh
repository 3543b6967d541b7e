#!/bin/sh
# Adds up the prices of a list with the columns name,price.
total=0
while IFS=, read -r name price; do
	total=$((total + price))
done < "$1"
echo "$total"
